using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Makalu.Capacity.Cli.Nightly;
using Makalu.Capacity.Tests.Cli;

namespace Makalu.Capacity.Tests.Nightly;

/// <summary>A folder with a configuration of the nightly job, a system, and histories by the hour.</summary>
internal sealed class NightlyFolder : IDisposable
{
    public static readonly DateTimeOffset Start = new(2024, 6, 3, 0, 0, 0, TimeSpan.Zero);

    private readonly TemporaryFolder _folder = new();

    public NightlyFolder()
    {
        WriteSystem("system.json", maxConnections: 100);
        _folder.Write("calendar.csv", "name,kind,starts_at,ends_at\n");
    }

    public string this[string name] => _folder[name];

    public string[] Entries => _folder.Entries;

    public string Configuration => _folder["nightly.json"];

    public string Write(string name, string text) => _folder.Write(name, text);

    public void WriteSystem(string name, int maxConnections) => _folder.Write(name, string.Create(CultureInfo.InvariantCulture, $$"""
        { "database": { "engine": "postgresql", "cpuCores": 64, "memory": "128GiB", "maxConnections": {{maxConnections}} },
          "services": [ { "name": "web", "instances": 2, "databaseTimeMean": "00:00:00.012", "databaseCpuTimeMean": "00:00:00.004", "maxPoolSize": 20 } ] }
        """));

    /// <summary>Writes a history of whole days with a daily course around a mean rate.</summary>
    public void WriteHistory(string name, int days, double meanRequestsPerSecond)
    {
        var text = new StringBuilder("timestamp,requests\n");
        foreach ((DateTimeOffset time, double rate) in Rates(days, meanRequestsPerSecond))
        {
            text.Append(CultureInfo.InvariantCulture, $"{time.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ},{rate * 3600:0}\n");
        }

        _folder.Write(name, text.ToString());
    }

    public static IEnumerable<(DateTimeOffset Time, double RequestsPerSecond)> Rates(int days, double mean)
        => Enumerable.Range(0, days * 24).Select(h => (Start.AddHours(h), mean * (1 + (0.5 * Math.Sin(h * Math.Tau / 24)) + (0.03 * Math.Sin(h * 7.7)))));

    /// <summary>Writes a configuration of services, each by its name and its source.</summary>
    public void Configure(IEnumerable<(string Name, JsonObject Source)> services, JsonObject? more = null)
    {
        JsonObject file = more ?? [];
        file["output"] = "out";
        file["horizon"] = "1.00:00:00";
        file["services"] = new JsonArray([.. services.Select(s => new JsonObject { ["name"] = s.Name, ["system"] = "system.json", ["calendar"] = "calendar.csv", ["source"] = s.Source })]);
        _folder.Write("nightly.json", file.ToJsonString());
    }

    public static JsonObject FileSource(string path) => new() { ["kind"] = "file", ["path"] = path };

    public Task<CommandRun> RunAsync(params string[] more) => CommandRun.Of(["nightly", "--config", Configuration, .. more]);

    public NightlyConfiguration Read() => NightlyConfigurationReader.Read(Configuration);

    public void Dispose() => _folder.Dispose();
}
