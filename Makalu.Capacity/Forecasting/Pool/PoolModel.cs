using System.Collections.Concurrent;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Forecasting.Pool;

/// <summary>A history ready to be forecast; the members are fitted for each horizon when it is asked, and kept.</summary>
internal sealed class PoolModel : IForecastModel
{
    private readonly TimeSeries _series;
    private readonly WorkingSeries _working;
    private readonly ConcurrentDictionary<int, PoolFit> _fits = new();

    public PoolModel(TimeSeries series)
    {
        _series = series;
        _working = WorkingSeries.Create(series);
    }

    public Forecast Predict(PredictionOptions options, CancellationToken cancellationToken = default)
    {
        options.Validate();
        PoolFit fit = FitFor(options.Horizon, cancellationToken);
        int horizon = options.Horizon;
        var paths = new double[checked(horizon * options.Paths)];
        int pairs = (options.Paths + 1) / 2;
        Parallel.For(0, pairs, new ParallelOptions { CancellationToken = cancellationToken }, pair =>
        {
            // Two paths of opposite errors: quantiles of few paths come nearer to the true ones.
            var random = new RandomStream(options.Seed, pair);
            var deviates = new double[fit.Centre.Length];
            fit.Errors.Dependence.Simulate(random, deviates);
            for (int side = 0; side < 2 && (2 * pair) + side < options.Paths; side++)
            {
                Span<double> path = paths.AsSpan(((2 * pair) + side) * horizon, horizon);
                var workingPath = new double[fit.Centre.Length];
                for (int h = 0; h < workingPath.Length; h++)
                {
                    workingPath[h] = fit.PathValue(h, side == 0 ? deviates[h] : -deviates[h]);
                }

                _working.Refine(workingPath, random, path);
            }
        });

        return Forecast.FromOwned(_series.End, _series.Step, horizon, paths, model: PoolForecaster.ModelName, report: PoolReport.Of(fit, _series.Step * _working.StepsPerValue, _series.End));
    }

    internal PoolFit FitFor(int horizon, CancellationToken cancellationToken)
    {
        int working = _working.HorizonFor(horizon);
        if (_fits.TryGetValue(working, out PoolFit? known))
            return known;

        PoolFit fit = PoolFit.Create(_working.Values, _working.Seasons, working, cancellationToken);
        return _fits.GetOrAdd(working, fit);
    }
}
