namespace Makalu.Capacity.Forecasting.Ssa;

/// <summary>A run of consecutive window starts, <see cref="End"/> exclusive.</summary>
internal readonly record struct WindowRun(int Start, int End)
{
    /// <summary>The runs of starts whose windows of <paramref name="window"/> values touch no NaN.</summary>
    public static List<WindowRun> Complete(ReadOnlySpan<double> values, int window)
    {
        List<WindowRun> runs = [];
        int from = 0;
        for (int i = 0; i <= values.Length; i++)
        {
            if (i == values.Length || double.IsNaN(values[i]))
            {
                if (i - from >= window)
                {
                    runs.Add(new WindowRun(from, i - window + 1));
                }

                from = i + 1;
            }
        }

        return runs;
    }

    /// <summary>The part of the run within the starts from <paramref name="from"/> to before <paramref name="to"/>; empty when Start ≥ End.</summary>
    public WindowRun Clip(int from, int to) => new(Math.Max(Start, from), Math.Min(End, to));
}
