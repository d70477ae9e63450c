using System.Diagnostics;
using System.Text.RegularExpressions;
using Makalu.Capacity.Postgres;
using Makalu.Capacity.Tests.Cli;
using Npgsql;

namespace Makalu.Capacity.Tests.Sizing.Postgres;

/// <summary>An inspection reads, takes one connection, needs no more than <c>pg_monitor</c>, and tells no password to anyone.</summary>
[TestClass]
public sealed class LeastPrivilegeTests
{
    private const string Password = "correct-horse-battery";

    public TestContext TestContext { get; set; } = null!;

    /// <summary>Even a superuser, who may do everything, does not write through an inspection's connection.</summary>
    [TestMethod]
    [Timeout(300_000, CooperativeCancellation = true)]
    [DataRow("UPDATE item SET id = 2")]
    [DataRow("DELETE FROM item")]
    [DataRow("CREATE TABLE other (id int)")]
    [DataRow("CREATE ROLE intruder")]
    [DataRow("SELECT nextval('numbers')")]
    [DataRow("TRUNCATE item")]
    [DataRow("COPY item FROM PROGRAM 'echo 5'")]
    public async Task Connection_OfAnInspection_RefusesToWrite(string statement)
    {
        TemporaryPostgres server = await SharedServer();
        await using NpgsqlConnection connection = new DatabaseInspector(server.Superuser).CreateConnection();
        await connection.OpenAsync(TestContext.CancellationToken);
        await using var command = new NpgsqlCommand(statement, connection);
        PostgresException refused = await Assert.ThrowsExactlyAsync<PostgresException>(() => command.ExecuteNonQueryAsync(TestContext.CancellationToken));
        Assert.AreEqual(PostgresErrorCodes.ReadOnlySqlTransaction, refused.SqlState);
    }

    [TestMethod]
    [Timeout(300_000, CooperativeCancellation = true)]
    public async Task Connection_OfAnInspection_EndsItsOwnStatementsAndWaits()
    {
        TemporaryPostgres server = await SharedServer();
        await using NpgsqlConnection connection = new DatabaseInspector(server.Superuser).CreateConnection();
        await connection.OpenAsync(TestContext.CancellationToken);
        foreach ((string setting, string expected) in new[] { ("statement_timeout", "5s"), ("lock_timeout", "1s"), ("default_transaction_read_only", "on"), ("max_parallel_workers_per_gather", "0") })
        {
            await using var command = new NpgsqlCommand($"SHOW {setting}", connection);
            Assert.AreEqual(expected, await command.ExecuteScalarAsync(TestContext.CancellationToken), setting);
        }
    }

    /// <summary>A role with pg_monitor, one connection and no right to any table: all that the server was asked is read from its own log.</summary>
    [TestMethod]
    [Timeout(300_000, CooperativeCancellation = true)]
    public async Task Inspect_AsARoleWithPgMonitorAndOneConnection_AsksOnlyToRead()
    {
        using TemporaryPostgres server = TemporaryPostgres.Start(20, "log_statement=all", "log_line_prefix=%a:", "log_connections=on");
        await server.ExecuteAsync($"CREATE TABLE item AS SELECT 1 AS id; REVOKE ALL ON SCHEMA public FROM PUBLIC; CREATE ROLE watcher LOGIN CONNECTION LIMIT 1 PASSWORD '{Password}'; GRANT pg_monitor TO watcher", TestContext.CancellationToken);
        server.AskForPasswords();
        using var folder = new TemporaryFolder();
        int before = server.ReadLog().Length;
        CommandRun run = await CommandRun.Of(
            TestContext.CancellationToken,
            "inspect", "--connection", $"Host=127.0.0.1;Port={server.Port};Username=watcher;Password={Password};Database=postgres", "--watch", "1s", "--output", folder["system.json"]);

        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.IsFalse(run.Error.Contains("GRANT pg_monitor", StringComparison.Ordinal), run.Error);
        string log = server.ReadLog()[before..];
        foreach (string told in new[] { run.Output, run.Error, File.ReadAllText(folder["system.json"]), log })
        {
            Assert.IsFalse(told.Contains(Password, StringComparison.Ordinal), told);
        }

        string[] statements = [.. Regex.Matches(log, @"^makalu inspect:LOG:  (?:statement|execute [^:]*): (.*)$", RegexOptions.Multiline).Select(match => match.Groups[1].Value)];
        Assert.IsGreaterThan(5, statements.Length, log);
        foreach (string statement in statements)
        {
            Assert.IsTrue(statement.StartsWith("SELECT ", StringComparison.Ordinal), statement);
            Assert.IsFalse(Regex.IsMatch(statement, @"\b(INTO|UPDATE|pg_terminate_backend|pg_cancel_backend|pg_reload_conf|set_config|pg_stat_reset\w*)\b"), statement);
        }

        Assert.AreEqual(1, Regex.Count(log, "connection authorized: user=watcher"), "the inspection opens one connection");
    }

    /// <summary>What <c>pg_stat_statements</c> measured, mean and variance, becomes the 95 % quantile; compared with what the clients saw.</summary>
    [TestMethod]
    [Timeout(300_000, CooperativeCancellation = true)]
    public async Task Inspect_WithPgStatStatements_TellsHowTheTimesVary()
    {
        using TemporaryPostgres server = TemporaryPostgres.Start(20, "shared_preload_libraries=pg_stat_statements");
        try
        {
            await server.ExecuteAsync("CREATE EXTENSION pg_stat_statements", TestContext.CancellationToken);
        }
        catch (PostgresException missing) when (missing.SqlState is PostgresErrorCodes.FeatureNotSupported or PostgresErrorCodes.UndefinedFile)
        {
            Assert.Inconclusive("pg_stat_statements is not installed here: apt-get install postgresql-contrib.");
        }

        await server.ExecuteAsync("CREATE TABLE item AS SELECT 1 AS id; CREATE ROLE web LOGIN; GRANT SELECT ON item TO web; CREATE ROLE watcher LOGIN CONNECTION LIMIT 1; GRANT pg_monitor TO watcher", TestContext.CancellationToken);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.CancellationToken);
        // Each makes some seventy statements in the time that is watched; below two hundred together the inspection tells no spread.
        Task<List<double>>[] shop = [.. Enumerable.Range(0, 12).Select(seed => Shop(server, seed, stop.Token))];
        DatabaseInspection inspection = await new DatabaseInspector($"postgresql://watcher@127.0.0.1:{server.Port}/postgres").InspectAsync(new InspectionOptions { Watch = TimeSpan.FromSeconds(4) }, TestContext.CancellationToken);
        await stop.CancelAsync();
        double[] seen = [.. (await Task.WhenAll(shop)).SelectMany(times => times)];

        InspectedService web = inspection.Services.Single(service => service.Name == "shop");
        double mean = seen.Average();
        double variation = seen.Average(time => (time - mean) * (time - mean)) / (mean * mean);
        double sigma = Math.Min(1.645, Math.Sqrt(Math.Log(1 + variation)));
        double expected = Math.Exp((1.645 * sigma) - (sigma * sigma / 2));
        double ratio = web.DatabaseTimeP95!.Value / web.DatabaseTimeMean!.Value;
        TestContext.WriteLine(FormattableString.Invariant($"{seen.Length} statements, mean {mean * 1000:0.0} ms, squared variation {variation:0.00}: p95/mean {expected:0.00}; inspected mean {web.DatabaseTimeMean.Value.TotalMilliseconds:0.0} ms, p95/mean {ratio:0.00}"));
        Assert.IsGreaterThan(1.8, ratio);
        Assert.AreEqual(expected, ratio, 0.3 * expected);
    }

    /// <summary>Statements of 20 ms, one in five of 200 ms, which a busy machine delays by a small part; how long each took.</summary>
    private static async Task<List<double>> Shop(TemporaryPostgres server, int seed, CancellationToken stop)
    {
        var times = new List<double>();
        var random = new Makalu.Capacity.Numerics.RandomStream(seed);
        await using var connection = new NpgsqlConnection($"Host=127.0.0.1;Port={server.Port};Username=web;Database=postgres;Application Name=shop;Pooling=false");
        await connection.OpenAsync(CancellationToken.None);
        while (!stop.IsCancellationRequested)
        {
            long started = Stopwatch.GetTimestamp();
            await using var command = new NpgsqlCommand("SELECT id, pg_sleep($1) FROM item", connection) { Parameters = { new NpgsqlParameter<double> { TypedValue = random.NextInt(5) == 0 ? 0.2 : 0.02 } } };
            await command.ExecuteNonQueryAsync(CancellationToken.None);
            times.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
        }

        return times;
    }

    private static readonly SemaphoreSlim Starting = new(1);
    private static TemporaryPostgres? _shared;

    /// <summary>One server for the tests that only ask it.</summary>
    private async Task<TemporaryPostgres> SharedServer()
    {
        await Starting.WaitAsync(TestContext.CancellationToken);
        try
        {
            if (_shared is null)
            {
                TemporaryPostgres server = TemporaryPostgres.Start(30);
                _shared = server;
                await server.ExecuteAsync("CREATE TABLE item AS SELECT 1 AS id; CREATE SEQUENCE numbers", TestContext.CancellationToken);
            }

            return _shared;
        }
        finally
        {
            Starting.Release();
        }
    }

    [ClassCleanup]
    public static void StopServer() => _shared?.Dispose();
}
