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

    /// <param name="series">The history; at least one known value.</param>
    /// <param name="members">The members to try.</param>
    /// <param name="budget">The processor time for a horizon; null for all that is worth while.</param>
    public PoolModel(TimeSeries series, PoolMembers members, TimeSpan? budget = null)
    {
        _budget = budget;
        _series = series;
        _members = members;
        _working = WorkingSeries.Create(series);
    }

    public Forecast Predict(PredictionOptions options, CancellationToken cancellationToken = default)
    {
        options.Validate();
        int horizon = options.Horizon;
        PoolFit fit = FitFor(horizon, cancellationToken);
        double[] paths = _working.Constant is { } constant ? Repeated(constant, checked(horizon * options.Paths)) : Paths(fit, options, cancellationToken);
        return Forecast.FromOwned(_series.End, _series.Step, horizon, paths, model: _members.Name, report: PoolReport.Of(fit, _series.Step * _working.StepsPerValue, _series.End));
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
        PoolFit fit = PoolFit.Create(_working.Values, _working.Seasons, working, effort, _members, _series.End, step, cancellationToken);
        fit.Peaks = PeakCalibration.Estimate(_series, _working, fit, cancellationToken);
        return _fits.GetOrAdd(working, fit);
    }
}
