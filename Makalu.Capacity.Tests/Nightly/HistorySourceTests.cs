using System.Globalization;
using System.Net;
using System.Text;
using Makalu.Capacity.Cli.Nightly.Sources;
using Makalu.Capacity.Series;
using Makalu.Capacity.Tests.Cli;
using Makalu.Capacity.Tests.Reporting;
using Makalu.Capacity.Tests.Sizing.Postgres;
using Npgsql;

namespace Makalu.Capacity.Tests.Nightly;

[TestClass]
public sealed class HistorySourceTests
{
    private static readonly DateTimeOffset Now = NightlyFolder.Start.AddDays(2).AddMinutes(3);

    [TestMethod]
    public async Task SeriesFile_OfSeveralSeries_AsksForAName()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("two.csv", "timestamp,requests,series\n2024-06-03T00:00:00Z,1,a\n2024-06-03T01:00:00Z,2,a\n2024-06-03T00:00:00Z,3,b\n2024-06-03T01:00:00Z,4,b\n");
        Assert.AreEqual(4, (await new SeriesFileSource(path, "b").ReadAsync(Now, CancellationToken.None)).Requests[1]);
        StringAssert.Contains((await Assert.ThrowsExactlyAsync<HistorySourceException>(() => new SeriesFileSource(path, null).ReadAsync(Now, CancellationToken.None))).Message, "holds 2 series (a, b)");
    }

    [TestMethod]
    public async Task Logs_AreCountedByTheStep()
    {
        using var folder = new TemporaryFolder();
        IEnumerable<string> lines = Enumerable.Range(0, 3 * 600).Select(s => Now.AddSeconds(s).UtcDateTime).Select(t => string.Create(CultureInfo.InvariantCulture, $"10.0.0.1 - - [{t:dd/MMM/yyyy:HH:mm:ss} +0000] \"GET / HTTP/1.1\" 200 5"));
        folder.Write("access.log", string.Join('\n', lines) + "\n");
        RequestHistory history = await new LogSource([folder["access.log*"]], TimeSpan.FromMinutes(5)).ReadAsync(Now, CancellationToken.None);
        Assert.AreEqual(TimeSpan.FromMinutes(5), history.Requests.Step);
        Assert.AreEqual(300, history.Requests[1]);
    }

    [TestMethod]
    public async Task Prometheus_IsAskedForTheSpan_AndASampleStandsForTheBucketBeforeIt()
    {
        using var server = new StubServer("""{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1717372800,"2.5"],[1717373100,"NaN"],[1717373400,"4"]]}]}}""");
        var source = new PrometheusSource(new Uri(server.Address, "prom/"), "sum(rate(http_requests_total[5m]))", TimeSpan.FromMinutes(5), TimeSpan.FromDays(2), null);
        RequestHistory history = await source.ReadAsync(Now, CancellationToken.None);
        Assert.AreEqual(NightlyFolder.Start.AddMinutes(-5), history.Requests.Start, "1717372800 is the start of 3 June");
        Assert.AreEqual(750, history.Requests[0]);
        Assert.IsTrue(double.IsNaN(history.Requests[1]));
        Assert.AreEqual(1200, history.Requests[2]);
        (string path, string body) = server.Requests.Single();
        Assert.AreEqual("/prom/api/v1/query_range", path);
        StringAssert.Contains(body, "end=" + NightlyFolder.Start.AddDays(2).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        StringAssert.Contains(body, "start=" + NightlyFolder.Start.AddMinutes(5).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
    }

    [TestMethod]
    [DataRow("""{"status":"error","error":"parse error"}""", "parse error")]
    [DataRow("""{"status":"success","data":{"resultType":"matrix","result":[{"values":[]},{"values":[]}]}}""", "Put sum(…) around it")]
    [DataRow("""{"status":"success","data":{"resultType":"matrix","result":[]}}""", "has no observation")]
    [DataRow("<html>", "does not answer as a Prometheus server")]
    public async Task Prometheus_WithoutAHistory_SaysWhatToLookAt(string answer, string expected)
    {
        using var server = new StubServer(answer);
        var source = new PrometheusSource(server.Address, "x", TimeSpan.FromMinutes(5), TimeSpan.FromDays(1), null);
        StringAssert.Contains((await Assert.ThrowsExactlyAsync<HistorySourceException>(() => source.ReadAsync(Now, CancellationToken.None))).Message, expected);
    }

    [TestMethod]
    public async Task Prometheus_IsAskedInPieces_WhereTheSpanHasMorePointsThanItAnswersWith()
    {
        using var server = new StubServer("""{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1717372800,"1"],[1717372860,"1"]]}]}}""");
        await new PrometheusSource(server.Address, "x", TimeSpan.FromMinutes(1), TimeSpan.FromDays(14), null).ReadAsync(Now, CancellationToken.None);
        Assert.HasCount(3, server.Requests, "20,160 points");
    }

    [TestMethod]
    public async Task Sql_ReadsTheColumns_AndCannotWrite()
    {
        using TemporaryPostgres server = TemporaryPostgres.Start(20);
        string variable = "MAKALU_TEST_SQL_" + Guid.NewGuid().ToString("N");
        string connectionString = string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={server.Port};Username=postgres;Password=not-to-be-told;Database=postgres;Pooling=false");
        Environment.SetEnvironmentVariable(variable, connectionString);
        try
        {
            await using (var connection = new NpgsqlConnection(connectionString))
            {
                await connection.OpenAsync();
                await using var create = new NpgsqlCommand("create table traffic as select timestamptz '2024-06-03 00:00Z' + h * interval '1 hour' as bucket, 100 + h as n, 3.5 as peak from generate_series(0, 47) h", connection);
                await create.ExecuteNonQueryAsync();
            }

            RequestHistory history = await new SqlSource(variable, "select bucket as timestamp, n as requests, peak as peak_rps from traffic order by 1", null).ReadAsync(Now, CancellationToken.None);
            Assert.AreEqual(48, history.Requests.Count);
            Assert.AreEqual(147, history.Requests[47]);
            Assert.AreEqual(3.5, history.PeakRequestsPerSecond![0]);

            HistorySourceException refused = await Assert.ThrowsExactlyAsync<HistorySourceException>(() => new SqlSource(variable, "delete from traffic", null).ReadAsync(Now, CancellationToken.None));
            StringAssert.Contains(refused.Message, "read-only");
            HistorySourceException unnamed = await Assert.ThrowsExactlyAsync<HistorySourceException>(() => new SqlSource(variable, "select bucket, n from traffic", null).ReadAsync(Now, CancellationToken.None));
            StringAssert.Contains(unnamed.Message, "gives the columns bucket, n");
            Assert.IsFalse(refused.ToString().Contains("not-to-be-told", StringComparison.Ordinal));
        }
        finally
        {
            Environment.SetEnvironmentVariable(variable, null);
        }
    }

    [TestMethod]
    public void Otlp_SendsTheMetricsByName()
    {
        using var server = new StubServer("");
        var gauge = new Capacity.Cli.Nightly.NightlyMetrics.Gauge("makalu_max_connections", "help", [([new("service", "shop")], 214)]);
        Assert.IsTrue(Capacity.Cli.Nightly.OtlpMetrics.TrySend(server.Address, [gauge]));
        (string path, string body) = server.Requests.Single();
        Assert.AreEqual("/v1/metrics", path);
        StringAssert.Contains(body, "makalu_max_connections");
        StringAssert.Contains(body, "shop");
    }

    /// <summary>Answers every request on loopback with the same text, and remembers what was asked.</summary>
    private sealed class StubServer : IDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly Task _serving;

        public StubServer(string answer)
        {
            Address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{LoopbackPort.Take()}/"));
            _listener.Prefixes.Add(Address.ToString());
            _listener.Start();
            _serving = ServeAsync(answer);
        }

        public Uri Address { get; }

        public List<(string Path, string Body)> Requests { get; } = [];

        public void Dispose()
        {
            _listener.Close();
            _serving.Wait();
        }

        private async Task ServeAsync(string answer)
        {
            try
            {
                while (true)
                {
                    HttpListenerContext context = await _listener.GetContextAsync();
                    using var reader = new StreamReader(context.Request.InputStream, Encoding.Latin1);
                    Requests.Add((context.Request.Url!.AbsolutePath, await reader.ReadToEndAsync()));
                    await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(answer));
                    context.Response.Close();
                }
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                // The listener was closed: the test is over.
            }
        }
    }
}
