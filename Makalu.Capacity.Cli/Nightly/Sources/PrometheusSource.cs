using System.Globalization;
using System.Text.Json;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Cli.Nightly.Sources;

/// <summary>A Prometheus server's range API, asked for a rate in requests per second.</summary>
/// <remarks>A sample at time t of a rate over one step stands for the bucket that ends at t.</remarks>
internal sealed class PrometheusSource(Uri server, string query, TimeSpan step, TimeSpan span, string? tokenVariable) : IHistorySource
{
    /// <summary>Prometheus answers with 11,000 points a series at most.</summary>
    private const int MostPoints = 10_000;

    private static readonly HttpClient Client = new(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) }) { Timeout = TimeSpan.FromMinutes(2), MaxResponseContentBufferSize = 256 << 20 };

    public async Task<RequestHistory> ReadAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var rows = new RowHistory(hasPeaks: false);
        var last = new DateTimeOffset(now.UtcTicks / step.Ticks * step.Ticks, TimeSpan.Zero);
        DateTimeOffset first = last - (step * Math.Floor(span / step)) + step;
        for (DateTimeOffset from = first; from <= last; from += step * MostPoints)
        {
            DateTimeOffset to = from + (step * (MostPoints - 1));
            await AddAsync(rows, from, to < last ? to : last, cancellationToken).ConfigureAwait(false);
        }

        return rows.Build(server.ToString(), step);
    }

    private async Task AddAsync(RowHistory rows, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server, server.AbsolutePath.TrimEnd('/') + "/api/v1/query_range"))
        {
            Content = new FormUrlEncodedContent(
            [
                new("query", query),
                new("start", from.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)),
                new("end", to.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)),
                new("step", step.TotalSeconds.ToString("R", CultureInfo.InvariantCulture)),
            ]),
        };
        if (tokenVariable is not null)
        {
            string token = Environment.GetEnvironmentVariable(tokenVariable) is { Length: > 0 } value ? value : throw new HistorySourceException($"{server}: the environment variable {tokenVariable} is not set. Put the bearer token there, or leave out tokenEnvironment.");
            request.Headers.Authorization = new("Bearer", token);
        }

        try
        {
            using HttpResponseMessage response = await Client.SendAsync(request, cancellationToken).ConfigureAwait(false);
            await using Stream body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            using JsonDocument answer = await JsonDocument.ParseAsync(body, cancellationToken: cancellationToken).ConfigureAwait(false);
            Add(rows, answer.RootElement);
        }
        catch (Exception exception) when (exception is HttpRequestException or JsonException or IOException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new HistorySourceException($"{server}: does not answer as a Prometheus server: {exception.Message}", exception);
        }
    }

    private void Add(RowHistory rows, JsonElement answer)
    {
        if (!answer.TryGetProperty("status", out JsonElement status) || status.GetString() != "success")
        {
            throw new HistorySourceException($"{server}: refused the query: {(answer.TryGetProperty("error", out JsonElement error) ? error.GetString() : "no reason given")}");
        }

        JsonElement series = answer.GetProperty("data").GetProperty("result");
        if (series.GetArrayLength() > 1)
        {
            throw new HistorySourceException(string.Create(CultureInfo.InvariantCulture, $"{server}: the query gives {series.GetArrayLength()} series, and a history is one. Put sum(…) around it."));
        }

        foreach (JsonElement sample in series.EnumerateArray().SelectMany(s => s.GetProperty("values").EnumerateArray()))
        {
            DateTimeOffset end = DateTimeOffset.UnixEpoch.AddSeconds(sample[0].GetDouble());
            double rate = double.Parse(sample[1].GetString()!, NumberStyles.Float, CultureInfo.InvariantCulture);
            rows.Add(end - step, rate * step.TotalSeconds);
        }
    }
}
