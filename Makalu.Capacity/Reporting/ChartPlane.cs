using System.Globalization;
using System.Text;
using System.Xml.Linq;

namespace Makalu.Capacity.Reporting;

/// <summary>A plane of time and rate on which a chart is drawn as SVG.</summary>
internal sealed class ChartPlane
{
    private const double Width = 960;
    private const double PlotHeight = 280;
    private const double Left = 64;
    private const double Right = 12;
    private const double LabelHeight = 14;
    private const double Bottom = 30;
    private const int MaximumLabelRows = 4;

    private static readonly TimeSpan[] TickSteps =
    [
        TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15), TimeSpan.FromHours(1), TimeSpan.FromHours(3), TimeSpan.FromHours(6), TimeSpan.FromHours(12),
        TimeSpan.FromDays(1), TimeSpan.FromDays(2), TimeSpan.FromDays(7), TimeSpan.FromDays(14), TimeSpan.FromDays(28), TimeSpan.FromDays(91), TimeSpan.FromDays(364),
    ];

    private readonly DateTimeOffset _from;
    private readonly DateTimeOffset _to;
    private readonly double _tick;
    private readonly double _highest;
    private readonly List<(double From, double To, IReadOnlyList<string> Names)> _spans = [];
    private readonly List<(double X, double Row, string Text)> _labels = [];
    private readonly double _top;
    private readonly double _height;

    /// <summary>Creates a plane with shaded spans, whose names stand above it in as many rows as they need.</summary>
    public ChartPlane(DateTimeOffset from, DateTimeOffset to, double highest, IEnumerable<(DateTimeOffset From, DateTimeOffset To, string Name)> spans)
    {
        _from = from;
        _to = to;
        _tick = NiceTick(highest);
        _highest = Math.Max(_tick, Math.Ceiling(highest * 1.02 / _tick) * _tick);
        foreach (var group in spans.GroupBy(s => (s.From, s.To)))
        {
            _spans.Add((Math.Max(Left, X(group.Key.From)), Math.Min(Width - Right, X(group.Key.To)), [.. group.Select(s => s.Name)]));
        }

        int rows = PlaceLabels();
        _top = 18 + (rows * LabelHeight) + 4;
        _height = _top + PlotHeight + Bottom;
    }

    /// <summary>A drawing of the plane's size with the shaded spans and their names.</summary>
    public XElement Drawing(string id, string title, string description)
    {
        XElement drawing = Svg.Drawing(Width, _height, id, title, description);
        drawing.Add(_spans.Select(s => Svg.Rectangle(s.From, _top, Math.Max(2, s.To - s.From), PlotHeight, "fill: var(--shade)")));
        drawing.Add(_labels.Select(l => Svg.Text(l.X, _top - 5 - (l.Row * LabelHeight), l.Text, "middle", "name")));
        return drawing;
    }

    public IEnumerable<XElement> Axes(string unit)
    {
        yield return Svg.Text(Left, 12, unit, "start");
        for (double rate = 0; rate <= _highest * 1.001; rate += _tick)
        {
            yield return Svg.Line(Left, Y(rate), Width - Right, Y(rate), "stroke: var(--line); stroke-width: 1");
            yield return Svg.Text(Left - 6, Y(rate) + 4, PlanText.Number(Math.Round(rate, 6)), "end");
        }

        TimeSpan step = TickSteps.FirstOrDefault(s => (_to - _from) / s <= 10, TickSteps[^1]);
        string format = step < TimeSpan.FromDays(1) ? "MMM d HH:mm" : "MMM d";
        long first = (_from.UtcTicks + step.Ticks - 1) / step.Ticks * step.Ticks;
        for (var time = new DateTimeOffset(first, TimeSpan.Zero); time <= _to; time += step)
        {
            yield return Svg.Line(X(time), _height - Bottom, X(time), _height - Bottom + 5, "stroke: var(--soft); stroke-width: 1");
            if (X(time) < Width - 45)
            {
                yield return Svg.Text(X(time), _height - Bottom + 19, time.ToString(format, CultureInfo.InvariantCulture), "middle");
            }
        }
    }

    /// <summary>A line through the bins; it breaks where a value is unknown.</summary>
    public XElement Line(DateTimeOffset start, TimeSpan step, double[] bins, int stepsPerBin, string style)
    {
        var path = new StringBuilder();
        bool isPenDown = false;
        for (int i = 0; i < bins.Length; i++)
        {
            if (double.IsNaN(bins[i]))
            {
                isPenDown = false;
                continue;
            }

            path.Append(CultureInfo.InvariantCulture, $"{(isPenDown ? 'L' : 'M')}{X(start + (step * i * stepsPerBin)):0.#} {Y(bins[i]):0.#}");
            isPenDown = true;
        }

        return Svg.Path(path.ToString(), "fill: none; " + style);
    }

    public XElement Band(DateTimeOffset start, TimeSpan step, double[] low, double[] high, int stepsPerBin)
    {
        var path = new StringBuilder();
        for (int i = 0; i < high.Length; i++)
        {
            path.Append(CultureInfo.InvariantCulture, $"{(i == 0 ? 'M' : 'L')}{X(start + (step * i * stepsPerBin)):0.#} {Y(high[i]):0.#}");
        }

        for (int i = low.Length - 1; i >= 0; i--)
        {
            path.Append(CultureInfo.InvariantCulture, $"L{X(start + (step * i * stepsPerBin)):0.#} {Y(low[i]):0.#}");
        }

        return Svg.Path(path.Append('Z').ToString(), "fill: var(--band); fill-opacity: .7; stroke: none");
    }

    public IEnumerable<XElement> Level(double rate, string label)
    {
        yield return Svg.Line(Left, Y(rate), Width - Right, Y(rate), "stroke: var(--bad); stroke-width: 1.5; stroke-dasharray: 8 4");
        yield return Svg.Text(Left + 6, Y(rate) - 5, label, "start", "name");
    }

    /// <summary>Puts each name into the lowest row in which it overlaps no other; one that fits nowhere is left to the table.</summary>
    private int PlaceLabels()
    {
        const double CharacterWidth = 6.4;
        var ends = new List<double>();
        foreach ((double from, double to, IReadOnlyList<string> names) in _spans.OrderBy(s => s.From))
        {
            foreach (string name in names)
            {
                double half = name.Length * CharacterWidth / 2;
                double middle = Math.Clamp((from + to) / 2, Left + half, Math.Max(Left + half, Width - Right - half));
                int row = ends.FindIndex(end => end < middle - half - 4);
                if (row < 0 && ends.Count < MaximumLabelRows)
                {
                    row = ends.Count;
                    ends.Add(0);
                }

                if (row >= 0)
                {
                    ends[row] = middle + half;
                    _labels.Add((middle, row, name));
                }
            }
        }

        return ends.Count;
    }

    private double X(DateTimeOffset time) => Left + ((time - _from) / (_to - _from) * (Width - Left - Right));

    private double Y(double rate) => _height - Bottom - (rate / _highest * PlotHeight);

    private static double NiceTick(double highest)
    {
        if (!(highest > 0))
        {
            return 1;
        }

        double power = Math.Pow(10, Math.Floor(Math.Log10(highest / 5)));
        double fraction = highest / 5 / power;
        return power * (fraction <= 1 ? 1 : fraction <= 2 ? 2 : fraction <= 5 ? 5 : 10);
    }
}
