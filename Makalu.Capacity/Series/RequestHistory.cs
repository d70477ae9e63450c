namespace Makalu.Capacity.Series;

/// <summary>
/// What is known of one named series of requests: the requests of each step, and where the source has them the busiest
/// second of each step, the dispersion of the counts, and the durations.
/// </summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
public sealed class RequestHistory
{
    /// <summary>The name of the series; empty where the source has only one.</summary>
    public string Name { get; init; } = "";

    /// <summary>The requests of each step (a count, which may be fractional); NaN where unknown.</summary>
    public required TimeSeries Requests { get; init; }

    /// <summary>
    /// Requests in the busiest second of each step, on the same steps as <see cref="Requests"/>; null where the source does not know it.
    /// </summary>
    public TimeSeries? PeakRequestsPerSecond { get; init; }

    /// <summary>
    /// The index of dispersion (variance ÷ mean) of the counts of the single seconds within each step; null where unknown.
    /// 1 for a Poisson stream.
    /// </summary>
    public TimeSeries? DispersionAtOneSecond { get; init; }

    /// <summary>The index of dispersion of the counts of tenths of a second within each step; null where the log has whole seconds only.</summary>
    public TimeSeries? DispersionAtTenthOfSecond { get; init; }

    /// <summary>How long the requests took, over the whole source; null where it does not say.</summary>
    public DurationDistribution? Durations { get; init; }

    /// <summary>What was odd about the source: gaps, duplicates, order, clock jumps.</summary>
    public required SeriesQuality Quality { get; init; }

    /// <summary>The requests of each step as a rate: requests per second, averaged over the step.</summary>
    public TimeSeries RequestsPerSecond => Requests.Scale(1 / Requests.Step.TotalSeconds);

    /// <summary>All that may be known at <paramref name="origin"/>: the steps that end at or before it. The quality is that of the whole source, but for its gaps.</summary>
    /// <param name="origin">The forecast's origin.</param>
    public RequestHistory Before(DateTimeOffset origin) => Each(s => s.Before(origin));

    /// <summary>
    /// The history with the missing steps of <see cref="Requests"/> treated as <paramref name="policy"/> says. The busiest second and the
    /// dispersions of a filled step stay unknown, and the quality still tells the gaps.
    /// </summary>
    /// <param name="policy">What to do with missing steps.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="policy"/> is not defined.</exception>
    public RequestHistory FillGaps(GapPolicy policy) => new()
    {
        Name = Name,
        Requests = Requests.FillGaps(policy),
        PeakRequestsPerSecond = PeakRequestsPerSecond,
        DispersionAtOneSecond = DispersionAtOneSecond,
        DispersionAtTenthOfSecond = DispersionAtTenthOfSecond,
        Durations = Durations,
        Quality = Quality,
    };

    /// <summary>The history with missing steps appended up to <paramref name="end"/>; see <see cref="TimeSeries.PadTo"/>.</summary>
    /// <param name="end">Where to end, usually a forecast's origin.</param>
    public RequestHistory PadTo(DateTimeOffset end) => Each(s => s.PadTo(end));

    /// <summary>
    /// The history in bins of a longer step, of which one ends at <paramref name="origin"/>: requests added up, the busiest second
    /// the largest of the bin, dispersions averaged; see <see cref="TimeSeries.AggregateTo"/>.
    /// </summary>
    /// <param name="step">The length of a bin: a whole multiple of the history's step.</param>
    /// <param name="origin">Where a bin ends; nothing of a step that reaches past it is used.</param>
    /// <exception cref="ArgumentException"><paramref name="step"/> is not a whole multiple of the history's step.</exception>
    public RequestHistory AggregateTo(TimeSpan step, DateTimeOffset origin)
    {
        TimeSeries requests = Requests.AggregateTo(step, origin);
        return new RequestHistory
        {
            Name = Name,
            Requests = requests,
            PeakRequestsPerSecond = OnGridOf(requests, PeakRequestsPerSecond?.Aggregate(step, origin, BinReduction.Maximum)),
            DispersionAtOneSecond = OnGridOf(requests, DispersionAtOneSecond?.Aggregate(step, origin, BinReduction.Mean)),
            DispersionAtTenthOfSecond = OnGridOf(requests, DispersionAtTenthOfSecond?.Aggregate(step, origin, BinReduction.Mean)),
            Durations = Durations,
            Quality = Quality.WithGapsOf(requests),
        };
    }

    /// <summary>Several series as one: the requests of all of them together, as a database that serves them all sees them.</summary>
    /// <param name="histories">One or more, of one step and one grid.</param>
    /// <returns>
    /// Their sum from the earliest start to the latest end. Before a series' own start it is counted as zero, for it did not exist;
    /// where it is missing or has ended, the sum is missing. Busiest seconds are added up (all at once is the worst case and the
    /// common one); dispersions are not known of a sum. A single history is given back as it is.
    /// </returns>
    /// <exception cref="ArgumentException">There is none, or their steps or grids differ.</exception>
    public static RequestHistory Sum(IReadOnlyList<RequestHistory> histories)
    {
        if (histories.Count == 0)
        {
            throw new ArgumentException("There is no series to add up. Pass at least one.", nameof(histories));
        }

        if (histories.Count == 1)
        {
            return histories[0];
        }

        TimeSpan step = histories[0].Requests.Step;
        DateTimeOffset start = histories.Min(h => h.Requests.Start);
        foreach (RequestHistory history in histories)
        {
            if (history.Requests.Step != step || (history.Requests.Start - start).Ticks % step.Ticks != 0)
            {
                throw new ArgumentException(FormattableString.Invariant($"Series '{history.Name}' has steps of {history.Requests.Step:c} from {history.Requests.Start.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}, series '{histories[0].Name}' of {step:c} from {histories[0].Requests.Start.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}: they cannot be added up. Supply them on the same steps."), nameof(histories));
            }
        }

        int count = histories.Max(h => (int)((h.Requests.End - start).Ticks / step.Ticks));
        TimeSeries requests = Add(histories.Select(h => h.Requests));
        return new RequestHistory
        {
            Requests = requests,
            PeakRequestsPerSecond = histories.All(h => h.PeakRequestsPerSecond is not null) ? Add(histories.Select(h => h.PeakRequestsPerSecond!)) : null,
            Quality = new SeriesQuality
            {
                Duplicates = histories.Sum(h => h.Quality.Duplicates),
                OutOfOrder = histories.Sum(h => h.Quality.OutOfOrder),
                OffGrid = histories.Sum(h => h.Quality.OffGrid),
                ClockJumps = histories.Sum(h => h.Quality.ClockJumps),
            }.WithGapsOf(requests),
        };

        TimeSeries Add(IEnumerable<TimeSeries> parts)
        {
            var sum = new double[count];
            foreach (TimeSeries part in parts)
            {
                int first = (int)((part.Start - start).Ticks / step.Ticks);
                for (int i = first; i < count; i++)
                {
                    sum[i] += i - first < part.Count ? part[i - first] : double.NaN;
                }
            }

            return TimeSeries.FromOwned(start, step, sum);
        }
    }

    /// <summary>The history with all its times moved by <paramref name="offset"/>.</summary>
    /// <param name="offset">How far to move; negative is earlier.</param>
    public RequestHistory ShiftBy(TimeSpan offset) => offset == TimeSpan.Zero ? this : Each(s => TimeSeries.FromOwned(s.Start + offset, s.Step, s.Values.ToArray()));

    // A first bin may be known of one series and left out of another: all are laid on the steps of the requests.
    private static TimeSeries? OnGridOf(TimeSeries requests, TimeSeries? series)
    {
        if (series is null || (series.Start == requests.Start && series.Count == requests.Count))
        {
            return series;
        }

        var values = new double[requests.Count];
        int offset = requests.Count == 0 || series.Count == 0 ? 0 : series.IndexOf(requests.Start);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (uint)(i + offset) < (uint)series.Count ? series[i + offset] : double.NaN;
        }

        return TimeSeries.FromOwned(requests.Start, requests.Step, values);
    }

    private RequestHistory Each(Func<TimeSeries, TimeSeries> change)
    {
        TimeSeries requests = change(Requests);
        return new RequestHistory
        {
            Name = Name,
            Requests = requests,
            PeakRequestsPerSecond = PeakRequestsPerSecond is null ? null : change(PeakRequestsPerSecond),
            DispersionAtOneSecond = DispersionAtOneSecond is null ? null : change(DispersionAtOneSecond),
            DispersionAtTenthOfSecond = DispersionAtTenthOfSecond is null ? null : change(DispersionAtTenthOfSecond),
            Durations = Durations,
            Quality = Quality.WithGapsOf(requests),
        };
    }
}
