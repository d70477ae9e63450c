namespace Makalu.Capacity.Plotting;

/// <summary>Puts the names of spans above a chart, each into the lowest row in which it overlaps no other.</summary>
internal sealed class NameRows
{
    private readonly List<(double X, int Row, string Name)> _placed = [];

    /// <summary>Places the names of spans on an axis from 0 to <paramref name="length"/> that is drawn from <paramref name="left"/> to <paramref name="right"/>.</summary>
    public NameRows(IEnumerable<(double From, double To, string Name)> spans, double left, double right, double length, int mostRows, double highestName)
    {
        double Pixel(double value) => left + (Math.Clamp(value / length, 0, 1) * (right - left));
        var ends = new List<double>();
        foreach ((double from, double to, string full) in spans.OrderBy(s => s.From).ThenBy(s => s.Name, StringComparer.Ordinal))
        {
            string name = ChartText.Fit(full, Math.Min(highestName, right - left));
            double half = ChartText.Width(name) / 2;
            double middle = Math.Clamp((Pixel(from) + Pixel(to)) / 2, left + half, Math.Max(left + half, right - half));
            int row = ends.FindIndex(end => end < middle - half - 6);
            if (row < 0 && ends.Count < mostRows)
            {
                row = ends.Count;
                ends.Add(0);
            }

            // One that fits nowhere is left to the table.
            if (row >= 0)
            {
                ends[row] = middle + half;
                _placed.Add((middle, row, name));
            }
        }

        Rows = ends.Count;
    }

    public int Rows { get; }

    public IReadOnlyList<(double X, int Row, string Name)> Placed => _placed;
}
