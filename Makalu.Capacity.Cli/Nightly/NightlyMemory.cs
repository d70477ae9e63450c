using System.Globalization;
using System.Text.Json;
using Makalu.Capacity.Monitoring;

namespace Makalu.Capacity.Cli.Nightly;

/// <summary>
/// What the job remembers of a service from night to night, in <c>.makalu/SERVICE</c> of its output: outcomes and forecasts, a file
/// each, named by the origin, and the last night's model. A file is written whole or not at all; an outcome is written after its
/// forecast, so that it marks a night as done, and the model after it, so that a night that is done again starts where it started.
/// </summary>
internal sealed class NightlyMemory
{
    private const string NameFormat = "yyyyMMdd'T'HHmmss'Z'";

    /// <summary>As many nights are kept; older ones are deleted.</summary>
    private const int NightsKept = 120;

    private readonly string _outcomes;
    private readonly string _forecasts;
    private readonly string _model;

    public NightlyMemory(string output, string service)
    {
        _outcomes = Path.Combine(output, NightlyLock.Folder, service, "nights");
        _forecasts = Path.Combine(output, NightlyLock.Folder, service, "forecasts");
        _model = Path.Combine(output, NightlyLock.Folder, service, "model.json.gz");
    }

    /// <summary>The nights that are remembered, oldest first. A file that cannot be read is passed over: the night is then done again.</summary>
    public IReadOnlyList<NightlyOutcome> Nights() => [.. Files(_outcomes).Select(ReadOutcome).OfType<NightlyOutcome>()];

    /// <summary>The forecasts that are remembered, oldest first, but for those from <paramref name="origin"/> on.</summary>
    public IReadOnlyList<ForecastRecord> ForecastsBefore(DateTimeOffset origin)
        => [.. Files(_forecasts).Select(ReadForecast).OfType<ForecastRecord>().Where(r => r.Origin < origin)];

    /// <summary>The model of the last night; null where there is none, or it was written by another version or not whole.</summary>
    public CapacityModelState? LastModel()
    {
        try
        {
            using FileStream file = File.OpenRead(_model);
            return CapacityModelState.Load(file);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException or InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>Keeps a night.</summary>
    public void Keep(NightlyOutcome outcome, ForecastRecord forecast, CapacityModelState model)
    {
        Directory.CreateDirectory(_outcomes);
        Directory.CreateDirectory(_forecasts);
        ForecastRecordFile.Write(Path.Combine(_forecasts, Name(forecast.Origin) + ".json.gz"), forecast);
        Write(Path.Combine(_outcomes, Name(outcome.Origin) + ".json"), stream => JsonSerializer.Serialize(stream, outcome, NightlyJson.Default.NightlyOutcome));
        Write(_model, model.Save);
        foreach (string old in Files(_outcomes).SkipLast(NightsKept).Concat(Files(_forecasts).SkipLast(NightsKept)))
        {
            File.Delete(old);
        }
    }

    private static void Write(string path, Action<Stream> write)
    {
        string temporary = path + ".tmp";
        using (FileStream file = File.Create(temporary))
        {
            write(file);
        }

        File.Move(temporary, path, overwrite: true);
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
