using System.Text.Json;
using Makalu.Capacity.Service.Hosting;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Service.Requests;

/// <summary>Where a service's observations are pulled from: a server by the name that the operator gave it, and what to ask it.</summary>
/// <param name="Server">The server's name in the service's configuration.</param>
/// <param name="Query">PromQL that gives one series: the requests of the step that ends at the time asked.</param>
/// <param name="PeakQuery">PromQL for the requests of the busiest second of that step; null for none.</param>
internal sealed record PullSource(string Server, string Query, string? PeakQuery)
{
    private const int LongestQuery = 4000;

    public static PullSource Read(JsonElement element, IReadOnlyDictionary<string, PrometheusServer>? servers, RequestReader reader)
    {
        const string Path = "$.prometheus";
        JsonFields fields = reader.Object(element, Path);
        string server = reader.Line(fields, Path, "server", 64, "Name a server of the service's configuration, Makalu:Prometheus.");
        string query = reader.Line(fields, Path, "query", LongestQuery, "Write PromQL that gives one series, for example sum(increase(http_requests_total[1m])).");
        string? peak = fields.Element("peakQuery") is null ? null : reader.Line(fields, Path, "peakQuery", LongestQuery, "Write PromQL that gives one series.");
        fields.RejectUnknown();
        if (servers is not null && server != " " && !servers.ContainsKey(server))
            reader.Add(Path + ".server", RequestReader.Shorten(server), "The server is not configured.", servers.Count == 0 ? "Let the operator set Makalu:Prometheus." : $"Use one of: {string.Join(", ", servers.Keys)}.");
        return new PullSource(server, query, peak);
    }
}
