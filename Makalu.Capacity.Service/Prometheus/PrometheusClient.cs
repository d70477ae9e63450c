using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Makalu.Capacity.Service.Hosting;

namespace Makalu.Capacity.Service.Prometheus;

/// <summary>Asks a Prometheus server's range API (<c>/api/v1/query_range</c>, https://prometheus.io/docs/prometheus/latest/querying/api/).</summary>
internal sealed class PrometheusClient(HttpClient http)
{
    /// <summary>The most points that one question asks for; the server refuses more than 11,000.</summary>
    public const int MostPoints = 10_000;

    /// <summary>The values of one series at each step from <paramref name="from"/> to <paramref name="to"/>, both included.</summary>
    /// <exception cref="PrometheusException">The server refuses, or answers what is not one series of numbers of at least 0.</exception>
    /// <exception cref="HttpRequestException">The server cannot be reached.</exception>
    public async Task<Dictionary<DateTimeOffset, double>> RangeAsync(PrometheusServer server, string query, DateTimeOffset from, DateTimeOffset to, TimeSpan step, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, server.Url.TrimEnd('/') + "/api/v1/query_range")
        {
            Content = new FormUrlEncodedContent(
            [
                new("query", query),
                new("start", Seconds(from)),
                new("end", Seconds(to)),
                new("step", step.TotalSeconds.ToString(CultureInfo.InvariantCulture)),
            ]),
        };
        if (server.BearerTokenFile is { } file)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(file, cancellationToken)).Trim());

        using HttpResponseMessage response = await http.SendAsync(request, cancellationToken);
        try
        {
            using JsonDocument document = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
            return Values(document.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new PrometheusException(FormattableString.Invariant($"The server answered {(int)response.StatusCode} with what is not an answer of the range API."), exception);
        }
    }

    private static Dictionary<DateTimeOffset, double> Values(JsonElement root)
    {
        if (root.GetProperty("status").GetString() != "success")
        {
            string error = root.TryGetProperty("error", out JsonElement told) ? told.GetString() ?? "" : "";
            throw new PrometheusException($"The server refuses the query: {(error.Length > 300 ? error[..300] : error)}");
        }

        JsonElement result = root.GetProperty("data").GetProperty("result");
        var values = new Dictionary<DateTimeOffset, double>();
        if (result.GetArrayLength() == 0)
            return values;

        if (result.GetArrayLength() > 1)
            throw new PrometheusException(FormattableString.Invariant($"The query gives {result.GetArrayLength()} series where one is needed. Wrap it in sum(…)."));

        foreach (JsonElement point in result[0].GetProperty("values").EnumerateArray())
        {
            double value = double.Parse(point[1].GetString()!, NumberStyles.Float, CultureInfo.InvariantCulture);
            if (double.IsNaN(value))
                continue;

            if (value < 0 || value > Requests.ObservationReader.MostRequests)
                throw new PrometheusException(FormattableString.Invariant($"The query gives {value}; requests are 0 to 1e12. Ask for increase(…) of a counter."));
            values[DateTimeOffset.FromUnixTimeSeconds((long)Math.Round(point[0].GetDouble()))] = value;
        }

        return values;
    }

    private static string Seconds(DateTimeOffset time) => time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
}
