using Makalu.Capacity.Forecasting.Candidates;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Forecasting.Pool;

/// <summary>
/// Long stretches of next to nothing in traffic that is never near it otherwise: the service was down, or its log was lost. They tell nothing of the demand, and no incident of
/// the calendar may mark them; shorter ones are found by <see cref="Outliers"/>.
/// </summary>
internal sealed class Outages
{
    /// <summary>Next to nothing is less than this part of the median of the same step of the season.</summary>
    private const double Share = 0.02;

    /// <summary>Rare, and no part of the traffic: at most one in so many cycles, this part of the history in all, and of the other steps this part as low.</summary>
    private const int CyclesPerRare = 10;
    private const double MostOfHistory = 0.25;
    private const double MostOfOthers = 0.002;

    /// <summary>What has lasted for so many cycles at the end may be the end of the traffic.</summary>
    private const int MostCyclesAtEnd = 3;

    private const int FewestCycles = 6;
    private const int FewestLongSeasons = 3;

    private readonly TimeSeries _series;
    private readonly List<(int From, int To)> _runs;
    private readonly double[] _usual;

    private Outages(TimeSeries series, List<(int From, int To)> runs, double[] usual)
    {
        _series = series;
        _runs = runs;
        _usual = usual;
    }

    /// <summary>How many there are.</summary>
    public int Count => _runs.Count;

    /// <param name="series">The history; NaN where unknown.</param>
    public static Outages Find(TimeSeries series)
    {
        SeasonLengths seasons = SeasonDetection.OfCalendar(series.Step);
        int cycle = seasons.Cycle;
        ReadOnlySpan<double> values = series.Values;
        if (values.Length < FewestCycles * cycle || !HasLow(values))
            return new Outages(series, [], []);

        int season = seasons.Long > 0 && values.Length >= FewestLongSeasons * seasons.Long ? seasons.Long : cycle;
        double[] usual = Usual(values, season);
        var runs = new List<(int From, int To)>();
        int others = 0, known = 0, inRuns = 0;
        for (int i = 0; i < values.Length; i++)
        {
            known += double.IsNaN(values[i]) ? 0 : 1;
            if (!IsDown(values, usual, i))
                continue;

            int to = i + 1, last = i + 1, down = 1;
            for (; to < values.Length && (double.IsNaN(values[to]) || IsDown(values, usual, to)); to++)
            {
                if (double.IsNaN(values[to]))
                    continue;
                down++;
                last = to + 1;
                known++;
            }

            bool isAtEnd = last == values.Length;
            if (last - i > Math.Max(1, cycle / 4) && !(isAtEnd && last - i > MostCyclesAtEnd * cycle))
            {
                runs.Add((i, last));
                inRuns += down;
            }
            else
            {
                others += down;
            }

            i = last - 1;
        }

        bool areRare = runs.Count <= Math.Max(1, values.Length / cycle / CyclesPerRare) && inRuns <= MostOfHistory * known && others <= MostOfOthers * (known - inRuns);
        return new Outages(series, areRare ? runs : [], usual);
    }

    /// <summary>The history with its outages unknown.</summary>
    public TimeSeries Without()
    {
        if (_runs.Count == 0)
            return _series;

        double[] values = _series.Values.ToArray();
        foreach ((int from, int to) in _runs)
            values.AsSpan(from, to - from).Fill(double.NaN);
        return TimeSeries.FromOwned(_series.Start, _series.Step, values);
    }

    /// <summary>What a report tells of them, the oldest first.</summary>
    public IEnumerable<UnannouncedEvent> Events() => _runs.Select(run =>
    {
        double sum = 0, usual = 0;
        for (int i = run.From; i < run.To; i++)
        {
            sum += double.IsNaN(_series[i]) ? 0 : _series[i];
            usual += double.IsNaN(_series[i]) ? 0 : _usual[i % _usual.Length];
        }

        return new UnannouncedEvent(_series.TimeAt(run.From), _series.TimeAt(run.To), sum / usual, (sum - usual) * _series.Step.TotalSeconds);
    });

    private static bool HasLow(ReadOnlySpan<double> values)
    {
        double low = Share * SampleQuantile.Median(values);
        foreach (double value in values)
        {
            if (value < low)
                return true;
        }

        return false;
    }

    private static bool IsDown(ReadOnlySpan<double> values, double[] usual, int i) => values[i] < Share * usual[i % usual.Length];

    private static double[] Usual(ReadOnlySpan<double> values, int season)
    {
        var usual = new double[season];
        var same = new List<double>();
        for (int phase = 0; phase < season; phase++)
        {
            same.Clear();
            for (int i = phase; i < values.Length; i += season)
                same.Add(values[i]);
            usual[phase] = SampleQuantile.Median([.. same]);
        }

        return usual;
    }
}
