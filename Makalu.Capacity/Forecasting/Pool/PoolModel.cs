using System.Collections.Concurrent;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Forecasting.Pool;

/// <summary>A history ready to be forecast; the members are fitted for each horizon when it is asked, and kept.</summary>
internal sealed class PoolModel : IForecastModel
{
    private readonly TimeSeries _series;
    private readonly PoolMembers _members;
    private readonly WorkingSeries _working;
    private readonly ConcurrentDictionary<int, PoolFit> _fits = new();

    private readonly TimeSpan? _budget;

    private readonly Outages _outages;

    /// <summary>The steps at the end of which nothing is known: they are forecast with the others, and left away.</summary>
    private readonly int _unknown;

    /// <param name="series">The history; at least one known value.</param>
    /// <param name="members">The members to try.</param>
    /// <param name="budget">The processor time for a horizon; null for all that is worth while.</param>
    public PoolModel(TimeSeries series, PoolMembers members, TimeSpan? budget = null)
    {
        _budget = budget;
        _members = members;
        _outages = Outages.Find(series);
        series = _outages.Without();
        _working = WorkingSeries.Create(series);
        _unknown = LongGapAtEnd(_working) * _working.StepsPerValue;
        _series = _unknown > 0 ? series.Slice(0, series.Count - _unknown) : series;
        _working = _unknown > 0 ? WorkingSeries.Create(_series) : _working;
    }

    public Forecast Predict(PredictionOptions options, CancellationToken cancellationToken = default)
    {
        options.Validate();
        PredictionOptions withGap = options with { Horizon = checked(options.Horizon + _unknown) };
        PoolFit fit = FitFor(withGap.Horizon, cancellationToken);
        double[] paths = _working.Constant is { } constant ? Repeated(constant, checked(options.Horizon * options.Paths)) : WithoutGap(Paths(fit, withGap, cancellationToken), withGap.Horizon);
        TimeSpan step = _series.Step * _working.StepsPerValue;
        UnannouncedEvent[] outliers = [.. fit.Outliers.Events(_working.Values, _working.Seasons, step, _series.End).Concat(_outages.Events()).OrderBy(e => e.StartsAt)];
        return Forecast.FromOwned(_series.End + (_series.Step * _unknown), _series.Step, options.Horizon, paths, model: _members.Name, report: PoolReport.Of(fit, step, _series.End, Array.AsReadOnly(outliers)));
    }

    /// <summary>
    /// The working steps of a gap at the end that is longer than half a cycle; 0 without one. Members must not take what fills it for what they have seen:
    /// they know the past up to the gap, and their errors are those of so many more steps ahead.
    /// </summary>
    private static int LongGapAtEnd(WorkingSeries working)
    {
        int last = Array.FindLastIndex(working.Values, v => !double.IsNaN(v));
        int gap = working.Values.Length - 1 - last;
        return last >= 0 && 2 * gap > working.Seasons.Cycle ? gap : 0;
    }

    private double[] WithoutGap(double[] paths, int horizon)
    {
        if (_unknown == 0)
            return paths;

        int kept = horizon - _unknown;
        var result = new double[paths.Length / horizon * kept];
        for (int p = 0; p < paths.Length / horizon; p++)
        {
            paths.AsSpan((p * horizon) + _unknown, kept).CopyTo(result.AsSpan(p * kept, kept));
        }

        return result;
    }

    private double[] Paths(PoolFit fit, PredictionOptions options, CancellationToken cancellationToken)
    {
        int horizon = options.Horizon;
        double[] paths = PathSimulation.Draw(_working, fit.Law, _working.Values.Length, horizon, options.Paths, options.Seed, cancellationToken);
        var centre = new double[horizon];
        _working.Refine(fit.Law.Centre, _working.Values.Length, random: null, centre);
        fit.Peaks.Apply(paths, centre, fit.Seasons.Cycle * _working.StepsPerValue);
        return paths;
    }

    /// <summary>The way through logarithms and back would leave the last digits different.</summary>
    private static double[] Repeated(double value, int count)
    {
        var values = new double[count];
        Array.Fill(values, value);
        return values;
    }

    internal PoolFit FitFor(int horizon, CancellationToken cancellationToken)
    {
        int working = _working.HorizonFor(horizon);
        if (_fits.TryGetValue(working, out PoolFit? known))
            return known;

        TimeSpan step = _series.Step * _working.StepsPerValue;
        double? fleet = _budget is null || _members.LeftOut is not null ? null : _members.Fleet?.CostPerSeries(step * working);
        var effort = PoolEffort.Within(_budget, _working.Values.Length, _working.Seasons, working, _working.StepsPerValue, fleet);
        PoolFit fit = PoolFit.Create(_working.Values, _working.Outliers, _working.Ongoing, _working.Seasons, working, effort, _members, _series.End, step, cancellationToken);
        fit.Peaks = PeakCalibration.Estimate(_series, _working, fit, cancellationToken);
        return _fits.GetOrAdd(working, fit);
    }
}
