using System.Diagnostics.Metrics;
using System.Globalization;
using Makalu.Capacity.Service.Models;

namespace Makalu.Capacity.Service.Telemetry;

/// <summary>What dashboards and autoscalers read: the forecast's quantiles, recommended and current limits, and how the forecast does.</summary>
internal sealed class CapacityMetrics : IDisposable
{
    public const string MeterName = "Makalu.Capacity.Service";

    private static readonly (string Name, TimeSpan Length)[] Windows =
        [("now", TimeSpan.Zero), ("next_15m", TimeSpan.FromMinutes(15)), ("next_1h", TimeSpan.FromHours(1)), ("next_24h", TimeSpan.FromDays(1))];

    private readonly Meter _meter = new(MeterName);
    private readonly ModelKeeper _keeper;
    private readonly TimeProvider _time;

    public CapacityMetrics(ModelKeeper keeper, TimeProvider time)
    {
        _keeper = keeper;
        _time = time;
        Gauge("makalu_forecast_requests_per_second", "The highest forecast rate of the steps within a window from now on, at a quantile of each step.", Rates);
        Gauge("makalu_forecast_peak_requests_per_second", "The quantile of the highest rate within the horizon.", w => w.Plan.PeakRates.Select((rate, q) => Of(rate, w, ("quantile", Level(q)))));
        Gauge("makalu_recommended_max_connections", "max_connections as planned.", w => [Of(w.Plan.Outline.MaxConnections, w)]);
        Gauge("makalu_current_max_connections", "max_connections as registered.", w => [Of(w.Plan.CurrentMaxConnections, w)]);
        Gauge("makalu_recommended_pool_size", "A pool's maximum size per instance as planned.", w => w.Plan.Outline.Services.Select(p => Of(p.MaxPoolSize, w, ("pool", p.Name))));
        Gauge("makalu_current_pool_size", "A pool's maximum size per instance as registered.", w => w.Plan.CurrentPoolSizes.Zip(w.Plan.Outline.Services).Where(p => p.First is not null).Select(p => Of(p.First!.Value, w, ("pool", p.Second.Name))));
        Gauge("makalu_current_settings_survive", "1 where the registered settings survive the forecast peak, 0 where they do not.", w => [Of(w.Plan.Outline.CurrentSettingsSurvive ? 1 : 0, w)]);
        Gauge("makalu_settings_carry_requests_per_second", "The highest rate, averaged over a forecast's step, that the settings carry.", w => Carried(w).Where(c => c.Rate is not null).Select(c => Of(c.Rate!.Value, w, ("settings", c.Settings))));
        Gauge("makalu_forecast_error_ratio", "Over the last day: the absolute error of the median that was forecast up to a day before, as a part of what came.", w => w.Score is { } score && double.IsFinite(score.RelativeError) ? [Of(score.RelativeError, w)] : []);
        Gauge("makalu_forecast_coverage95_ratio", "Over the last day: the part of the steps at or below the 95 % quantile that was forecast up to a day before.", w => w.Score is { } score ? [Of(score.Coverage95, w)] : []);
        Gauge("makalu_model_origin_timestamp_seconds", "The end of what the model has learned from.", w => [Of(w.Plan.Start.ToUnixTimeSeconds(), w)]);
        Gauge("makalu_model_fitted_timestamp_seconds", "When the model was fitted.", w => [Of(w.FittedAt.ToUnixTimeSeconds(), w)]);
    }

    public void Dispose() => _meter.Dispose();

    /// <summary>The highest rate of each quantile within each window from a time on; windows that the forecast does not reach are left out.</summary>
    internal static IEnumerable<(string Window, int Quantile, double Rate)> Rates(ComputedPlan plan, DateTimeOffset now)
    {
        int first = (int)Math.Floor((now - plan.Start) / plan.Step);
        foreach ((string window, TimeSpan length) in Windows)
        {
            int last = (int)Math.Floor((now + length - plan.Start) / plan.Step);
            for (int q = 0; first >= 0 && last < plan.QuantileRates[0].Length && q < plan.QuantileRates.Count; q++)
                yield return (window, q, plan.QuantileRates[q].AsSpan(first, last - first + 1).ToArray().Max());
        }
    }

    /// <summary>What the settings carry; nothing before it is computed.</summary>
    private static (string Settings, double? Rate)[] Carried(WarmModel warm)
        => warm.Ahead is { } ahead ? [("current", ahead.Outlook.CurrentSettingsCarry), ("planned", ahead.Outlook.PlannedSettingsCarry)] : [];

    private IEnumerable<Measurement<double>> Rates(WarmModel warm)
        => Rates(warm.Plan, _time.GetUtcNow()).Select(r => Of(r.Rate, warm, ("quantile", Level(r.Quantile)), ("window", r.Window)));

    private void Gauge(string name, string description, Func<WarmModel, IEnumerable<Measurement<double>>> measure)
        => _meter.CreateObservableGauge(name, () => _keeper.Warm.SelectMany(measure), unit: null, description);

    private static string Level(int quantile) => ComputedPlan.QuantileLevels[quantile].ToString(CultureInfo.InvariantCulture);

    private static Measurement<double> Of(double value, WarmModel warm, params (string Name, string Value)[] tags)
        => new(value, [new("service", warm.Name), .. tags.Select(t => new KeyValuePair<string, object?>(t.Name, t.Value))]);
}
