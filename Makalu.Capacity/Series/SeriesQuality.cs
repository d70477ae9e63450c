namespace Makalu.Capacity.Series;

/// <summary>What was odd about the source of a series, in counts that a report can state.</summary>
public sealed record SeriesQuality
{
    /// <summary>A source without a blemish.</summary>
    public static SeriesQuality Clean { get; } = new();

    /// <summary>The number of runs of missing steps between the first and the last known one.</summary>
    public int Gaps { get; init; }

    /// <summary>The number of missing steps between the first and the last known one.</summary>
    public int MissingSteps { get; init; }

    /// <summary>The longest run of missing steps, as a duration.</summary>
    public TimeSpan LongestGap { get; init; }

    /// <summary>Rows whose timestamp had been seen already; their requests were added up.</summary>
    public int Duplicates { get; init; }

    /// <summary>Rows or records earlier than the one before them; they were sorted in.</summary>
    public int OutOfOrder { get; init; }

    /// <summary>Backward jumps of the source's clock by more than a minute.</summary>
    public int ClockJumps { get; init; }

    /// <summary>Rows whose timestamp was off the regular grid; they were counted into the nearest step.</summary>
    public int OffGrid { get; init; }

    /// <summary>Steps at the beginning and the end of the source that it covers only in part; they were left out.</summary>
    public int PartialSteps { get; init; }

    /// <summary>The same with the three figures on gaps taken from <paramref name="series"/>.</summary>
    internal SeriesQuality WithGapsOf(TimeSeries series)
    {
        int gaps = 0;
        int missing = 0;
        int longest = 0;
        int last = -1;
        for (int i = 0; i < series.Count; i++)
        {
            if (double.IsNaN(series[i]))
            {
                continue;
            }

            int run = last < 0 ? 0 : i - last - 1;
            gaps += run > 0 ? 1 : 0;
            missing += run;
            longest = Math.Max(longest, run);
            last = i;
        }

        return this with { Gaps = gaps, MissingSteps = missing, LongestGap = series.Step * longest };
    }
}
