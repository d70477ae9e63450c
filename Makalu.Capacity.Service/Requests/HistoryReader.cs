using System.Globalization;
using System.Text.Json;
using Makalu.Capacity.Series;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Service.Requests;

/// <summary>A history within a request: <c>{ start, step, requests: [ … ], peakRps: [ … ] }</c>, null where a step is unknown.</summary>
internal static class HistoryReader
{
    public static RequestHistory? Read(JsonElement element, RequestReader reader, out TimeSpan step)
    {
        const string Path = "$.history";
        JsonFields fields = reader.Object(element, Path);
        step = TimeSpan.FromMinutes(1);
        if (element.ValueKind != JsonValueKind.Object)
            return null;

        DateTimeOffset start = fields.Required("start", RequestReader.Time, default, "Write the start of the first step.");
        step = ServiceDefinition.ReadStep(fields, Path, reader);
        double[] requests = fields.RequiredElement("requests", "Write the requests of each step, null where unknown.") is { } counts ? Values(counts, Path + ".requests", reader) : [];
        double[]? peaks = fields.Element("peakRps") is { } busiest ? Values(busiest, Path + ".peakRps", reader) : null;
        fields.RejectUnknown();
        if (peaks is not null && peaks.Length != requests.Length)
            reader.Add(Path + ".peakRps", string.Create(CultureInfo.InvariantCulture, $"{peaks.Length} values"), string.Create(CultureInfo.InvariantCulture, $"It must have as many values as requests, {requests.Length}."), "Write null where a value is unknown.");
        if (requests.Length < 2)
            reader.Add(Path + ".requests", string.Create(CultureInfo.InvariantCulture, $"{requests.Length} values"), "At least two steps are needed.", "Send the history, a week or more where there is one.");
        return start == default ? null : Create("", start, step, requests, peaks);
    }

    public static RequestHistory Create(string name, DateTimeOffset start, TimeSpan step, double[] requests, double[]? peaks)
    {
        var series = TimeSeries.FromOwned(start, step, requests);
        return new RequestHistory
        {
            Name = name,
            Requests = series,
            PeakRequestsPerSecond = peaks is null || System.Array.TrueForAll(peaks, double.IsNaN) ? null : TimeSeries.FromOwned(start, step, peaks),
            Quality = SeriesQuality.Clean.WithGapsOf(series),
        };
    }

    private static double[] Values(JsonElement element, string path, RequestReader reader)
    {
        JsonElement[] elements = reader.Array(element, path, reader.Limits.SeriesSteps);
        var values = new double[elements.Length];
        for (int i = 0; i < values.Length && !reader.IsFull; i++)
        {
            values[i] = elements[i] switch
            {
                { ValueKind: JsonValueKind.Null } => double.NaN,
                { ValueKind: JsonValueKind.Number } number when number.TryGetDouble(out double value) && value is >= 0 and <= ObservationReader.MostRequests => value,
                _ => Wrong(elements[i], string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"), reader),
            };
        }

        return values;
    }

    private static double Wrong(JsonElement element, string path, RequestReader reader)
    {
        reader.Add(path, RequestReader.Shorten(element.GetRawText()), "It must be a number from 0 to 1e12, or null.", "Write null where the value is unknown.");
        return double.NaN;
    }
}
