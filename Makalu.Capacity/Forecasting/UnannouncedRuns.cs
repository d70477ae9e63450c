namespace Makalu.Capacity.Forecasting;

/// <summary>
/// Finds the runs of steps in which the traffic is far from its baseline, on one side, and comes back to it: spikes and drops. A run that
/// lasts until the end, or whose surroundings are off as well, may be a change of the level and is none; nor is one that comes at the same time of day
/// again and again: that is a new shape of the day (clocks that changed, for one), which the baseline must follow.
/// </summary>
internal static class UnannouncedRuns
{
    private const double FarDeviations = 4;
    private const double OffDeviations = 2;
    private const double ShortestHours = 0.25;
    private const double LongestHours = 12;
    private const double AfterHours = 1;

    /// <summary>The mean factor of a run is at least this, up or down.</summary>
    private const double SmallestFactor = 1.3;

    /// <summary>What lies around a run is off by less than this part of it.</summary>
    private const double SurroundingShare = 0.35;

    /// <summary>So many alike within some days are a shape of the day and no surprises.</summary>
    private const int Recurring = 3;
    private const double WithinHours = (3 * 24) + SameTimeHours;
    private const double SameTimeHours = 1;

    /// <summary>The runs as first step and the step after the last, in order.</summary>
    /// <param name="residuals">Log traffic less log baseline; NaN where unknown or on the calendar.</param>
    /// <param name="deviation">The robust standard deviation of the residuals.</param>
    /// <param name="stepHours">The step in hours.</param>
    public static List<(int From, int To)> Of(ReadOnlySpan<double> residuals, double deviation, double stepHours)
    {
        var runs = new List<(int From, int To)>();
        int shortest = Math.Max(2, (int)Math.Ceiling(ShortestHours / stepHours));
        int longest = (int)(LongestHours / stepHours);
        int after = Math.Max(1, (int)(AfterHours / stepHours));
        for (int i = 0; i < residuals.Length; i++)
        {
            if (!(Math.Abs(residuals[i]) > FarDeviations * deviation))
                continue;
            int sign = Math.Sign(residuals[i]), from = i, to = i + 1;
            while (from > 0 && residuals[from - 1] * sign > OffDeviations * deviation)
                from--;
            while (to < residuals.Length && residuals[to] * sign > OffDeviations * deviation)
                to++;
            i = to;
            if (CountFar(residuals[from..to], deviation) < shortest || to - from > longest || to + after > residuals.Length)
                continue;
            double mean = Mean(residuals[from..to]);
            int around = Math.Max(to - from, after);
            double limit = SurroundingShare * Math.Abs(mean);
            if (Math.Abs(mean) >= Math.Log(SmallestFactor)
                && Math.Abs(Mean(residuals[Math.Max(0, from - around)..from])) < limit
                && Math.Abs(Mean(residuals[to..Math.Min(residuals.Length, to + around)])) < limit)
            {
                runs.Add((from, to));
            }
        }

        double[] signs = new double[runs.Count];
        for (int r = 0; r < signs.Length; r++)
            signs[r] = Math.Sign(Mean(residuals[runs[r].From..runs[r].To]));
        return [.. runs.Where((_, r) => Alike(runs, signs, r, stepHours) < Recurring)];
    }

    /// <summary>How many runs within three days of one, itself among them, start at its time of day and go its way.</summary>
    private static int Alike(List<(int From, int To)> runs, double[] signs, int run, double stepHours)
    {
        int alike = 0;
        for (int other = 0; other < runs.Count; other++)
        {
            double hours = Math.Abs(runs[other].From - runs[run].From) * stepHours;
            double off = Math.Abs(hours - (24 * Math.Round(hours / 24)));
            alike += signs[other] == signs[run] && hours <= WithinHours && off <= SameTimeHours ? 1 : 0;
        }

        return alike;
    }

    private static int CountFar(ReadOnlySpan<double> residuals, double deviation)
    {
        int count = 0;
        foreach (double residual in residuals)
            count += Math.Abs(residual) > FarDeviations * deviation ? 1 : 0;
        return count;
    }

    /// <summary>The mean of what is known; 0 where nothing is.</summary>
    private static double Mean(ReadOnlySpan<double> values)
    {
        double sum = 0;
        int count = 0;
        foreach (double value in values)
        {
            if (double.IsNaN(value))
                continue;
            sum += value;
            count++;
        }

        return count == 0 ? 0 : sum / count;
    }
}
