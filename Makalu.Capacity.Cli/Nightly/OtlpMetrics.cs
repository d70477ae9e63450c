using System.Diagnostics.Metrics;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;

namespace Makalu.Capacity.Cli.Nightly;

/// <summary>Sends the night's metrics once, by OTLP over HTTP.</summary>
internal static class OtlpMetrics
{
    private const int TimeoutMilliseconds = 10_000;

    /// <summary>Sends; false when the receiver did not take them, which does not make the night a failure.</summary>
    public static bool TrySend(Uri endpoint, IReadOnlyList<NightlyMetrics.Gauge> gauges)
    {
        using var meter = new Meter("Makalu.Capacity.Nightly");
        foreach (NightlyMetrics.Gauge gauge in gauges)
        {
            meter.CreateObservableGauge(
                gauge.Name,
                () => gauge.Values.Select(v => new Measurement<double>(v.Value, v.Labels.Select(l => new KeyValuePair<string, object?>(l.Key, l.Value)))),
                description: gauge.Help);
        }

        using MeterProvider provider = Sdk.CreateMeterProviderBuilder()
            .AddMeter(meter.Name)
            .AddOtlpExporter((exporter, reader) =>
            {
                exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
                exporter.Endpoint = new Uri(endpoint.AbsolutePath.Length > 1 ? endpoint.ToString() : new Uri(endpoint, "v1/metrics").ToString());
                exporter.TimeoutMilliseconds = TimeoutMilliseconds;

                // Sent once, at the shutdown.
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = int.MaxValue;
            })
            .Build();
        return provider.Shutdown(TimeoutMilliseconds);
    }
}
