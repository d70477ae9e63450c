using Makalu.Capacity.Forecasting.Candidates;

namespace Makalu.Capacity.Forecasting.Pool;

/// <summary>Where a history is cut to see how candidates would have done.</summary>
/// <param name="Horizon">The steps that are judged at each origin; the asked horizon, or less where the history is short.</param>
/// <param name="Counts">The number of values before each origin, the latest origin first.</param>
internal sealed record RollingOrigins(int Horizon, int[] Counts)
{
    public const int Most = 14;

    /// <summary>The fewest values with which members that know the long season can be judged: two such seasons and three cycles.</summary>
    public static int WorthWeekly(SeasonLengths seasons) => (2 * seasons.Long) + (3 * seasons.Cycle);

    /// <summary>The seasons without the longer one, where the history is too short for members that know it to be judged.</summary>
    public static SeasonLengths WorthUsing(SeasonLengths seasons, int count)
        => seasons.Long > 0 && count < WorthWeekly(seasons) ? seasons with { Long = 0 } : seasons;

    /// <summary>Origins a cycle apart, from the latest that leaves a whole horizon to judge.</summary>
    public static RollingOrigins Choose(int count, int horizon, SeasonLengths seasons, int most = Most, int fewest = 0)
    {
        int cycle = seasons.Cycle;
        int least = count >= 20 * cycle ? 15 * cycle
            : seasons.Long > 0 && count >= WorthWeekly(seasons) ? 2 * seasons.Long
            : count >= 10 * cycle ? 8 * cycle
            : Math.Max(count / 2, Math.Min(2 * cycle, count));
        least = Math.Max(least, Math.Min(fewest, count));
        int room = count - least;
        int judged = horizon;
        if (horizon > (2 * room) / 3)
        {
            judged = Math.Min(horizon, Math.Max((2 * room) / 3 / cycle * cycle, Math.Min(cycle, room / 2)));
        }

        if (judged < 1)
            return new RollingOrigins(0, []);

        int stride = Math.Max(1, Math.Min(cycle, (room - judged) / 3));
        int latest = judged;
        int wholeCycles = (judged + cycle - 1) / cycle * cycle;
        if (stride == cycle && room - wholeCycles >= stride)
        {
            // The same time of day as the forecast's: errors differ over the day.
            latest = wholeCycles;
        }

        int origins = Math.Min(most, ((room - latest) / stride) + 1);
        var counts = new int[origins];
        for (int j = 0; j < origins; j++)
        {
            counts[j] = count - latest - (stride * j);
        }

        return new RollingOrigins(judged, counts);
    }
}
