using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Forecasting;

/// <summary>
/// Repeats the last season: the last week where two are known, else the last day where two are known, else the last value. The
/// yardstick for every other model.
/// </summary>
/// <remarks>
/// Without a season the paths are random walks. Else they add blocks of past seasonal
/// differences, a day long, which widen by the square root of the seasons ahead
/// (Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 3rd ed., section 5.5). Immutable; safe to share between threads.
/// </remarks>
public sealed class SeasonalNaiveForecaster : IForecaster
{
    /// <inheritdoc/>
    public string Name => "seasonal-naive";

    /// <inheritdoc/>
    public IForecastModel Fit(TimeSeries series, CampaignCalendar calendar, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        int known = series.Count - series.MissingCount;
        if (known == 0)
        {
            throw new ForecastException(FormattableString.Invariant($"A forecast needs at least 1 known step; got {series.Count} steps, all of them missing. Supply a history with observations before the origin."));
        }

        TimeSeries masked = IncidentMask.Apply(series, calendar);
        int season = Season(masked);
        return new Model(masked.Count == masked.MissingCount ? series : masked, season);
    }

    private static int Season(TimeSeries series)
    {
        foreach (int days in (ReadOnlySpan<int>)[7, 1])
        {
            long steps = TimeSpan.FromDays(days).Ticks / series.Step.Ticks;
            if (steps >= 2 && TimeSpan.FromDays(days).Ticks % series.Step.Ticks == 0 && series.Count >= 2 * steps)
            {
                return (int)steps;
            }
        }

        return 1;
    }

    private sealed class Model : IForecastModel
    {
        private readonly DateTimeOffset _start;
        private readonly TimeSpan _step;
        private readonly double[] _lastSeason;
        private readonly double[] _differences;

        public Model(TimeSeries series, int season)
        {
            _start = series.End;
            _step = series.Step;
            _lastSeason = new double[season];
            double fallback = SampleQuantile.Median(series.Values);
            for (int i = 0; i < season; i++)
            {
                // The latest known value at this position of the season.
                double value = double.NaN;
                for (int j = series.Count - season + i; j >= 0 && double.IsNaN(value); j -= season)
                {
                    value = series[j];
                }

                _lastSeason[i] = double.IsNaN(value) ? fallback : value;
            }

            _differences = new double[Math.Max(series.Count - season, 1)];
            for (int i = season; i < series.Count; i++)
            {
                double difference = series[i] - series[i - season];
                _differences[i - season] = double.IsNaN(difference) ? 0 : difference;
            }
        }

        public Forecast Predict(PredictionOptions options, CancellationToken cancellationToken = default)
        {
            options.Validate();
            int season = _lastSeason.Length;

            // Blocks of a day, counted back from the end, keep a busy hour's difference in the busy hour.
            long day = TimeSpan.FromDays(1).Ticks / _step.Ticks;
            int block = season == 1 ? 1 : (int)Math.Max(Math.Min(day, _differences.Length), 1);
            int blocks = _differences.Length / block;
            var paths = new double[options.Paths * options.Horizon];
            for (int p = 0; p < options.Paths; p++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var random = new RandomStream(options.Seed, p);
                Span<double> path = paths.AsSpan(p * options.Horizon, options.Horizon);
                int offset = 0;
                double walked = 0;
                for (int h = 0; h < options.Horizon; h++)
                {
                    if (h % block == 0)
                    {
                        offset = _differences.Length - (block * (1 + random.NextInt(blocks)));
                    }

                    double difference = _differences[offset + (h % block)];
                    walked = season == 1 ? walked + difference : Math.Sqrt((h / season) + 1) * difference;
                    path[h] = Math.Max(0, _lastSeason[h % season] + walked);
                }
            }

            return Forecast.FromOwned(_start, _step, options.Horizon, paths, model: "seasonal-naive");
        }
    }
}
