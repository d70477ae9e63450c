using Makalu.Capacity.Series;

namespace Makalu.Capacity.Forecasting.Ssa;

/// <summary>A history taken apart into trend, seasons and noise, to be looked at: by the hour, over the last ten weeks at the most.</summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
public sealed class HistoryComponents
{
    private const int MostComponents = 30;
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(70);

    private HistoryComponents(TimeSeries requestsPerSecond, int windowLength, SsaGrouping grouping)
    {
        RequestsPerSecond = requestsPerSecond;
        WindowLength = windowLength;
        Grouping = grouping;
    }

    /// <summary>What was taken apart: requests per second, averaged over an hour where the history's step is shorter, gaps filled by season.</summary>
    public TimeSeries RequestsPerSecond { get; }

    /// <summary>The window in steps: the longest multiple of a week, else of a day, up to half of the series and four weeks.</summary>
    public int WindowLength { get; }

    /// <summary>The parts, which add up to <see cref="RequestsPerSecond"/>.</summary>
    public SsaGrouping Grouping { get; }

    /// <summary>Takes a history apart by singular spectrum analysis (Golyandina, Nekrutkin and Zhigljavsky 2001, chapter 1).</summary>
    /// <param name="history">The history.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    /// <returns>The parts; null where the history is too short (two seasons are needed) or more than half of it is missing.</returns>
    public static HistoryComponents? Of(RequestHistory history, CancellationToken cancellationToken = default)
    {
        TimeSpan own = history.Requests.Step;
        TimeSpan step = own < Hour && Hour.Ticks % own.Ticks == 0 ? Hour : own;
        TimeSeries rates = history.AggregateTo(step, history.Requests.End).RequestsPerSecond;
        int count = (int)Math.Min(rates.Count, Math.Max(Longest / step, 140));
        rates = rates.Slice(rates.Count - count, count);
        int[] seasons = [.. new[] { Day, Week }.Where(s => s.Ticks % step.Ticks == 0 && s / step >= 2).Select(s => (int)(s / step))];
        if (seasons.Length == 0 || count < 2 * seasons[0] || rates.MissingCount * 2 > count)
            return null;

        rates = rates.FillGaps(GapPolicy.InterpolateBySeason);
        int season = seasons.Last(s => 2 * s <= count);
        int window = season * (int)Math.Max(1, Math.Min(count / 2 / season, 4 * Week / step / season));
        var decomposition = SsaDecomposition.Decompose(rates.Values, window, Math.Min(MostComponents, Math.Min(window, count - window + 1)), cancellationToken: cancellationToken);
        return new HistoryComponents(rates, window, SsaGrouping.Of(decomposition, seasons));
    }
}
