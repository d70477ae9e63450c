using System.Text.Json;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Peaks;
using Makalu.Capacity.Reporting;

namespace Makalu.Capacity.Service.Models;

/// <summary>A forecast as JSON: a column for the mean and each quantile, one value a step, and the peaks.</summary>
internal static class ForecastJson
{
    public static byte[] Write(Forecast forecast, IReadOnlyList<PeakForecast> peaks, IReadOnlyList<double> levels, double[][] quantiles)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteNumber("schema", 1);
            json.WriteString("model", forecast.Model);
            json.WriteString("origin", PlanText.IsoTime(forecast.Start));
            json.WriteString("end", PlanText.IsoTime(forecast.End));
            json.WriteString("step", forecast.Step.ToString("c"));
            json.WriteNumber("steps", forecast.Horizon);
            json.WriteNumber("paths", forecast.PathCount);
            json.WriteStartObject("requestsPerSecond");
            Column(json, "mean", forecast.Mean());
            for (int q = 0; q < levels.Count; q++)
                Column(json, PlanText.QuantileName(levels[q]), quantiles[q]);
            json.WriteEndObject();
            json.WriteStartArray("peaks");
            foreach (PeakForecast peak in peaks)
                Peak(json, peak, levels);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static void Column(Utf8JsonWriter json, string name, double[] values)
    {
        json.WriteStartArray(name);
        foreach (double value in values)
            json.WriteNumberValue(PlanText.Significant(value));
        json.WriteEndArray();
    }

    private static void Peak(Utf8JsonWriter json, PeakForecast peak, IReadOnlyList<double> levels)
    {
        json.WriteStartObject();
        json.WriteString("window", peak.Window.Name);
        json.WriteString("kind", peak.Window.Kind);
        json.WriteString("startsAt", PlanText.IsoTime(peak.Window.StartsAt));
        json.WriteString("endsAt", PlanText.IsoTime(peak.Window.EndsAt));
        json.WriteString("at", PlanText.IsoTime(peak.At));
        json.WriteString("cause", peak.Cause);
        foreach (double level in levels)
            json.WriteNumber(PlanText.QuantileName(level), PlanText.Significant(peak.Quantile(level)));
        json.WriteEndObject();
    }
}
