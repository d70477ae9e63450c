using System.Globalization;
using System.Text.Json;
using Makalu.Capacity.Monitoring;

namespace Makalu.Capacity.Cli.Nightly;

/// <summary>
/// What the job remembers of a service from night to night, in <c>.makalu/SERVICE</c> of its output: outcomes and forecasts, a file
/// each, named by the origin. A file is written whole or not at all; an outcome is written last, so that it marks a night as done.
/// </summary>
internal sealed class NightlyMemory
{
    private const string NameFormat = "yyyyMMdd'T'HHmmss'Z'";

    /// <summary>As many nights are kept; older ones are deleted.</summary>
    private const int NightsKept = 120;

    private readonly string _outcomes;
    private readonly string _forecasts;

    public NightlyMemory(string output, string service)
    {
        _outcomes = Path.Combine(output, NightlyLock.Folder, service, "nights");
        _forecasts = Path.Combine(output, NightlyLock.Folder, service, "forecasts");
    }

    /// <summary>The nights that are remembered, oldest first. A file that cannot be read is passed over: the night is then done again.</summary>
    public IReadOnlyList<NightlyOutcome> Nights() => [.. Files(_outcomes).Select(ReadOutcome).OfType<NightlyOutcome>()];

    /// <summary>The forecasts that are remembered, oldest first, but for those from <paramref name="origin"/> on.</summary>
    public IReadOnlyList<ForecastRecord> ForecastsBefore(DateTimeOffset origin)
        => [.. Files(_forecasts).Select(ReadForecast).OfType<ForecastRecord>().Where(r => r.Origin < origin)];

    /// <summary>Keeps a night.</summary>
    public void Keep(NightlyOutcome outcome, ForecastRecord forecast)
    {
        Directory.CreateDirectory(_outcomes);
        Directory.CreateDirectory(_forecasts);
        ForecastRecordFile.Write(Path.Combine(_forecasts, Name(forecast.Origin) + ".json.gz"), forecast);
        string path = Path.Combine(_outcomes, Name(outcome.Origin) + ".json");
        string temporary = path + ".tmp";
        File.WriteAllBytes(temporary, JsonSerializer.SerializeToUtf8Bytes(outcome, NightlyJson.Default.NightlyOutcome));
        File.Move(temporary, path, overwrite: true);
        foreach (string old in Files(_outcomes).SkipLast(NightsKept).Concat(Files(_forecasts).SkipLast(NightsKept)))
        {
            File.Delete(old);
        }
    }

    private static string Name(DateTimeOffset origin) => origin.UtcDateTime.ToString(NameFormat, CultureInfo.InvariantCulture);

    private static string[] Files(string folder)
        => Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder).Where(f => f.EndsWith(".json", StringComparison.Ordinal) || f.EndsWith(".json.gz", StringComparison.Ordinal)).Order(StringComparer.Ordinal)] : [];

    private static NightlyOutcome? ReadOutcome(string path)
    {
        try
        {
            NightlyOutcome? outcome = JsonSerializer.Deserialize(File.ReadAllBytes(path), NightlyJson.Default.NightlyOutcome);
            return outcome?.Schema == NightlyOutcome.CurrentSchema ? outcome : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static ForecastRecord? ReadForecast(string path)
    {
        try
        {
            return ForecastRecordFile.Read(path);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
