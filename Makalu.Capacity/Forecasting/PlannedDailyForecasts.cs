using System.Collections.Concurrent;
using System.Globalization;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Forecasting;

/// <summary>Daily paths without campaigns, drawn once, and again with them on the days that the planned ones reach.</summary>
/// <remarks>A campaign's luck hangs on the seed and on the campaign alone. Safe to share between threads.</remarks>
internal sealed class PlannedDailyForecasts(DailyCampaignModel model, PredictionOptions options, long spanValues) : IPlannedForecasts
{
    private const int LevelStream = 0x4C45564C;
    private const int MostPlansKept = 64;

    private readonly ConcurrentDictionary<string, PlannedDays> _planned = new(StringComparer.Ordinal);
    private readonly KeptSpans _spans = new(spanValues);
    private readonly Lock _simulating = new();
    private Undisturbed? _undisturbed;

    public Forecast Predict(CampaignCalendar? planned, CancellationToken cancellationToken)
    {
        PlannedDays[] campaigns = model.Plan(planned ?? model.Calendar, options.Horizon, Known);
        Undisturbed undisturbed = Simulated(cancellationToken);
        long question = _spans.Begin();
        ChangedSteps[] changed = [.. KeptSpans.Between(campaigns, c => (c.FirstDay, c.EndDay)).Select(span => Changed(undisturbed, span.From, span.To, span.Reaching, question, cancellationToken))];
        return Forecast.FromShared(model.Origin, TimeSpan.FromDays(1), SamplePaths.Of(undisturbed.Paths, changed), [.. campaigns.SelectMany(c => c.Cluster.Members.Select(c.Effect.Value.Of))], model.Name, undisturbed.Report);
    }

    private PlannedDays Known(string key, Func<string, PlannedDays> plan)
    {
        if (_planned.Count >= MostPlansKept)
            _planned.Clear();
        return _planned.GetOrAdd(key, plan);
    }

    private Undisturbed Simulated(CancellationToken cancellationToken)
    {
        lock (_simulating)
        {
            if (_undisturbed is not null)
                return _undisturbed;

            if (model.BaselineModel is { } own)
            {
                Forecast forecast = own.Predict(options, cancellationToken);
                return _undisturbed = new Undisturbed(new BasePaths(forecast.Paths.Whole(), options.Horizon), null, [], model.Report(forecast.Report));
            }

            WeeklyLevelForecast levels = model.Levels(options.Horizon);
            double[] baseline = model.Baseline(levels.Medians, options.Horizon);
            var values = new double[checked(options.Paths * options.Horizon)];
            ParallelLoop.For(options.Paths, p =>
            {
                Span<double> path = values.AsSpan(p * options.Horizon, options.Horizon);
                model.DrawResiduals(new RandomStream(options.Seed, p), path);
                Finish(baseline, levels.DrawDeviations(new RandomStream(options.Seed ^ LevelStream, p)), 0, path, []);
            }, cancellationToken);
            return _undisturbed = new Undisturbed(new BasePaths(values, options.Horizon), levels, baseline, model.Report());
        }
    }

    /// <summary>Turns residuals into rates.</summary>
    private void Finish(double[] baseline, double[] deviations, int first, Span<double> days, ReadOnlySpan<double> effects)
    {
        for (int h = 0; h < days.Length; h++)
            days[h] = model.Rate(baseline[first + h] + WeeklyLevelForecast.OnDay(deviations, first + h), days[h], effects.IsEmpty ? 0 : effects[h]);
    }

    private ChangedSteps Changed(Undisturbed undisturbed, int from, int to, PlannedDays[] campaigns, long question, CancellationToken cancellationToken)
    {
        string key = string.Create(CultureInfo.InvariantCulture, $"{from} {to} {string.Concat(campaigns.Select(c => c.Key + '\u001c'))}");
        return _spans.Get(key, question, () =>
        {
            int days = to - from;
            var values = new double[checked(options.Paths * days)];
            ParallelLoop.For(options.Paths, () => new double[options.Horizon], (p, path) =>
            {
                Span<double> own = values.AsSpan(p * days, days);
                if (undisturbed.Levels is not { } levels)
                {
                    double[] added = model.DrawCampaigns(campaigns, options.Seed, p, from, path.AsSpan(0, days));
                    for (int h = 0; h < days; h++)
                        own[h] = model.WithCampaigns(undisturbed.Paths.Values[(p * options.Horizon) + from + h], added[h]);
                    return;
                }

                model.DrawResiduals(new RandomStream(options.Seed, p), path);
                path.AsSpan(from, days).CopyTo(own);
                double[] effects = model.DrawCampaigns(campaigns, options.Seed, p, from, own);
                Finish(undisturbed.Baseline, levels.DrawDeviations(new RandomStream(options.Seed ^ LevelStream, p)), from, own, effects);
            }, cancellationToken);
            return new ChangedSteps(from, days, values);
        });
    }

    /// <param name="Paths">The paths without campaigns.</param>
    /// <param name="Levels">The level of each week; null where the days are another forecaster's.</param>
    /// <param name="Baseline">The median of each day on the logarithm.</param>
    /// <param name="Report">How they came about.</param>
    private sealed record Undisturbed(BasePaths Paths, WeeklyLevelForecast? Levels, double[] Baseline, ForecastReport Report);
}
