using System.Globalization;
using System.Text;

namespace Makalu.Capacity.Cli.Nightly;

/// <summary>The night as metrics: their names, help texts and values, for the textfile collector and for OTLP alike.</summary>
internal static class NightlyMetrics
{
    private static readonly string[] Drifts = ["ok", "watch", "retrain"];

    /// <summary>A gauge and its values by labels.</summary>
    public sealed record Gauge(string Name, string Help, IReadOnlyList<(KeyValuePair<string, string>[] Labels, double Value)> Values);

    public static IReadOnlyList<Gauge> Of(IReadOnlyList<NightlyOutcome> outcomes, DateTimeOffset now)
    {
        NightlyOutcome[] planned = [.. outcomes.Where(o => o.Failure is null)];
        List<Gauge> gauges =
        [
            new("makalu_forecast_peak_requests_per_second", "Quantiles of the highest step within the forecast's horizon.", [.. planned.SelectMany(o => o.PeakQuantiles.Select(q => (Labels(o, ("probability", Fraction(q.Key))), q.Value)))]),
            new("makalu_forecast_peak_timestamp_seconds", "When the peak is most likely.", [.. planned.Select(o => (Labels(o), (double)o.PeakAt.ToUnixTimeSeconds()))]),
            new("makalu_demand_requests_per_second", "The busiest second that was sized for.", [.. planned.Select(o => (Labels(o), o.DemandRequestsPerSecond))]),
            new("makalu_max_connections", "The limit as it is set, and as it is recommended.", [.. planned.SelectMany(o => new[] { (Labels(o, ("state", "current")), (double)o.CurrentMaxConnections), (Labels(o, ("state", "recommended")), o.MaxConnections) })]),
            new("makalu_max_pool_size", "The recommended pool of each instance.", [.. planned.SelectMany(o => o.MaxPoolSizes.Select(p => (Labels(o, ("pool", p.Key)), (double)p.Value)))]),
            new("makalu_action_needed", "1 where the settings in force do not survive the forecast, or a setting must go up.", [.. planned.Select(o => (Labels(o), o.NeedsAction ? 1.0 : 0))]),
            new("makalu_forecast_drift", "0 where past forecasts held, 1 near the edge of their band, 2 where they left it.", [.. planned.Select(o => (Labels(o), (double)Array.IndexOf(Drifts, o.Drift)))]),
            new("makalu_forecast_loss_ratio", "The past forecasts' pinball loss over the expected one; 1 where they are true.", [.. planned.Where(o => o.LossToExpected is not null).Select(o => (Labels(o), o.LossToExpected!.Value))]),
            new("makalu_nightly_failed", "1 where the last run planned nothing for the service.", [.. outcomes.Select(o => (Labels(o), o.Failure is null ? 0.0 : 1))]),
        ];
        if (planned.Length == outcomes.Count)
        {
            gauges.Add(new(Reporting.AlertRules.LastSuccess, "When the nightly job last planned for every service.", [([], now.ToUnixTimeSeconds())]));
        }

        return gauges;
    }

    /// <summary>The text format of Prometheus.</summary>
    public static string ToText(IReadOnlyList<Gauge> gauges)
    {
        var text = new StringBuilder();
        foreach (Gauge gauge in gauges.Where(g => g.Values.Count > 0))
        {
            text.Append(CultureInfo.InvariantCulture, $"# HELP {gauge.Name} {gauge.Help}\n# TYPE {gauge.Name} gauge\n");
            foreach ((KeyValuePair<string, string>[] labels, double value) in gauge.Values)
            {
                string list = string.Join(',', labels.Select(l => $"{l.Key}=\"{Escape(l.Value)}\""));
                text.Append(gauge.Name).Append(list.Length > 0 ? "{" + list + "}" : "").Append(CultureInfo.InvariantCulture, $" {value:R}\n");
            }
        }

        return text.ToString();
    }

    private static KeyValuePair<string, string>[] Labels(NightlyOutcome outcome, params (string Name, string Value)[] more)
        => [new("service", outcome.Service), .. more.Select(l => new KeyValuePair<string, string>(l.Name, l.Value))];

    /// <summary><c>p99</c> as <c>0.99</c>, a fraction as everywhere (the label quantile is kept for summaries).</summary>
    private static string Fraction(string quantile) => (decimal.Parse(quantile.AsSpan(1), CultureInfo.InvariantCulture) / 100).ToString("0.############", CultureInfo.InvariantCulture);

    private static string Escape(string value) => value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
