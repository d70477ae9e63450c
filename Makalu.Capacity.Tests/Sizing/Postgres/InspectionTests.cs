using Makalu.Capacity.Postgres;
using Makalu.Capacity.Sizing;
using Makalu.Capacity.Tests.Cli;
using Npgsql;

namespace Makalu.Capacity.Tests.Sizing.Postgres;

/// <summary>A live PostgreSQL, and a live PgBouncer, read into a system description.</summary>
[TestClass]
public sealed class InspectionTests
{
    private const string Password = "correct-horse-battery";

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    [Timeout(300_000, CooperativeCancellation = true)]
    public async Task Inspect_OfAWorkingServer_FindsSettingsServicesAndTimes()
    {
        using TemporaryPostgres server = TemporaryPostgres.Start(57, "work_mem=8MB", "superuser_reserved_connections=4");
        await server.ExecuteAsync($"CREATE ROLE web LOGIN; CREATE ROLE watcher LOGIN PASSWORD '{Password}'; GRANT pg_monitor TO watcher; CREATE TABLE item AS SELECT 1 AS id; GRANT SELECT ON item TO web", TestContext.CancellationToken);
        server.AskForPasswords();
        await server.ExecuteAsync("ALTER ROLE web PASSWORD 'x'", TestContext.CancellationToken);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.CancellationToken);
        Task[] shop = [.. Enumerable.Range(0, 4).Select(_ => Shop(server, stop.Token))];
        await using NpgsqlConnection cron = new($"Host=127.0.0.1;Port={server.Port};Username=web;Password=x;Database=postgres;Application Name=psql;Pooling=false");
        await cron.OpenAsync(TestContext.CancellationToken);

        using var folder = new TemporaryFolder();
        Task<int> others = MostInspections(server, stop.Token);
        CommandRun run = await CommandRun.Of(
            TestContext.CancellationToken,
            "inspect", "--connection", $"Host=127.0.0.1;Port={server.Port};Username=watcher;Password={Password};Database=postgres", "--watch", "4s", "--cpu-cores", "8", "--memory", "32GiB", "--output", folder["system.json"], "--verbose");
        await stop.CancelAsync();
        await Task.WhenAll(shop);

        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.IsFalse(run.Error.Contains(Password, StringComparison.Ordinal));
        Assert.AreEqual(1, await others, "the inspection takes one connection");
        foreach (string told in new[] { "max_connections 57, reserved 4 + 0, 0 standbys; the user may read all statistics and may not read files", "pg_stat_statements: not installed", "pg_stat_activity: looked ", "  application 'shop', user web, database postgres: up to 4 connections from 1 addresses", "pg_stat_database: postgres: " })
        {
            StringAssert.Contains(run.Error, told);
        }

        SystemDescription system = SystemDescriptionReader.Read(folder["system.json"]);
        Assert.AreEqual("15"[..1], system.Database.Version![..1]);
        Assert.AreEqual((57, 4, 0), (system.Database.MaxConnections, system.Database.SuperuserReserved, system.Database.Reserved));
        Assert.AreEqual((16L << 20, 32L << 30, 14L << 20), (system.Database.SharedBuffersBytes, system.Database.MemoryBytes, system.Database.MemoryPerConnectionBytes));
        // One is a psql, the other is what watches here.
        Assert.AreEqual((8.0, 2), (system.Database.CpuCores, system.Database.OtherConnections));
        ServiceDescription web = system.Services.Single();
        Assert.AreEqual(("shop", 1, 1.0), (web.Name, web.Instances, web.TrafficShare));

        // A transaction sleeps for 10 ms, so it holds for at least that; and by Little's law what was counted and what was seen agree.
        Assert.IsTrue(web.DatabaseTimeMean >= TimeSpan.FromMilliseconds(10), run.Error);
        double inUse = system.Observed!.TransactionsPerSecond!.Value * web.DatabaseTimeMean.TotalSeconds;
        Assert.AreEqual(system.Observed.ConnectionsInUse!.Value, inUse, 0.25 * inUse, run.Error);
        Assert.IsTrue(web.DatabaseCpuTimeMean is null || web.DatabaseCpuTimeMean < web.DatabaseTimeMean, run.Error);
    }

    [TestMethod]
    [Timeout(300_000, CooperativeCancellation = true)]
    public async Task Inspect_WithoutPgMonitor_SaysWhatItCouldNotSee_AndOfAnEmptyServerThatThereIsNoService()
    {
        using TemporaryPostgres server = TemporaryPostgres.Start(20);
        await server.ExecuteAsync("CREATE ROLE stranger LOGIN", TestContext.CancellationToken);
        DatabaseInspection inspection = await new DatabaseInspector($"postgresql://stranger@127.0.0.1:{server.Port}/postgres")
            .InspectAsync(new InspectionOptions { Watch = TimeSpan.Zero }, TestContext.CancellationToken);

        Assert.AreEqual(20, inspection.MaxConnections);
        Assert.IsEmpty(inspection.Services);
        Assert.IsNull(inspection.MemoryBytes);
        foreach (string expected in new[] { "GRANT pg_monitor TO stranger", "--memory", "No application was connected", "pg_stat_statements is not installed" })
        {
            Assert.IsTrue(inspection.Notes.Any(note => note.Contains(expected, StringComparison.Ordinal)), expected);
        }
    }

    [TestMethod]
    [Timeout(300_000, CooperativeCancellation = true)]
    public async Task Inspect_SeesIdleTransactionsAndLocks_AndCannotWrite()
    {
        using TemporaryPostgres server = TemporaryPostgres.Start(20);
        await server.ExecuteAsync("CREATE TABLE item AS SELECT 1 AS id", TestContext.CancellationToken);
        await using var idle = new NpgsqlConnection(server.Superuser + ";Application Name=shop");
        await idle.OpenAsync(TestContext.CancellationToken);
        await using NpgsqlTransaction transaction = await idle.BeginTransactionAsync(TestContext.CancellationToken);
        await using (var take = new NpgsqlCommand("UPDATE item SET id = 2", idle))
        {
            await take.ExecuteNonQueryAsync(TestContext.CancellationToken);
        }

        await using var blocked = new NpgsqlConnection(server.Superuser + ";Application Name=shop");
        await blocked.OpenAsync(TestContext.CancellationToken);
        await using var wait = new NpgsqlCommand("UPDATE item SET id = 3", blocked);
        Task<int> waiting = wait.ExecuteNonQueryAsync(TestContext.CancellationToken);

        DatabaseInspection inspection;
        do
        {
            inspection = await new DatabaseInspector(server.Superuser).InspectAsync(new InspectionOptions { Watch = TimeSpan.Zero }, TestContext.CancellationToken);
        }
        while (inspection.Observed.WaitingForLocks == 0);

        Assert.AreEqual(1, inspection.Observed.WaitingForLocks);
        Assert.IsTrue(inspection.Observed.LongestIdleInTransaction > TimeSpan.Zero);
        Assert.AreEqual(0, inspection.Observed.IdleInTransaction, "not yet for a minute");
        Assert.AreEqual(2, inspection.Services.Single().Connections);
        await transaction.RollbackAsync(TestContext.CancellationToken);
        await waiting;
    }

    [TestMethod]
    [Timeout(300_000, CooperativeCancellation = true)]
    public async Task Inspect_WithAWrongPassword_NeverRepeatsIt()
    {
        using TemporaryPostgres server = TemporaryPostgres.Start(20);
        await server.ExecuteAsync("CREATE ROLE web LOGIN PASSWORD 'right'", TestContext.CancellationToken);
        server.AskForPasswords();
        using var folder = new TemporaryFolder();
        foreach (string connection in new[]
        {
            $"Host=127.0.0.1;Port={server.Port};Username=web;Password={Password};Database=postgres",
            $"postgresql://web:{Password}@127.0.0.1:{server.Port}/postgres",
            $"postgresql://web:{Password}@127.0.0.1:{server.Port}/postgres?unknown=1",
            $"Host=127.0.0.1;Port={server.Port};Pass{Password}=1;Username=web",
            $"Host=127.0.0.1;Port=x{Password};Username=web",
            $"Host=127.0.0.1;Port=1;Password={Password};Username=web",
        })
        {
            CommandRun run = await CommandRun.Of(TestContext.CancellationToken, "inspect", "--connection", connection, "--output", folder["system.json"]);
            Assert.AreEqual(2, run.ExitCode, run.Error);
            Assert.IsFalse(run.Error.Contains(Password, StringComparison.Ordinal), run.Error);
            Assert.IsEmpty(folder.Entries);
        }
    }

    [TestMethod]
    [Timeout(300_000, CooperativeCancellation = true)]
    public async Task Inspect_OfPgBouncer_ReadsItsConsoleAsAUserWhoMayOnlyRead()
    {
        using TemporaryPostgres server = TemporaryPostgres.Start(20);
        await server.ExecuteAsync("CREATE ROLE web LOGIN", TestContext.CancellationToken);
        using TemporaryPgBouncer pooler = TemporaryPgBouncer.Start(server, "pool_mode = transaction\ndefault_pool_size = 7\nreserve_pool_size = 3\nmax_client_conn = 250\n", $"\"watcher\" \"{Password}\"\n\"web\" \"{Password}\"\n");
        await using (var client = new NpgsqlConnection($"Host=127.0.0.1;Port={pooler.Port};Username=web;Password={Password};Database=postgres;Pooling=false"))
        {
            await client.OpenAsync(TestContext.CancellationToken);
        }

        PoolerInspection inspection = await new PoolerInspector($"Host=127.0.0.1;Port={pooler.Port};Username=watcher;Password={Password}").InspectAsync(TestContext.CancellationToken);
        Assert.AreEqual(("transaction", 7, 3, 250), (inspection.Mode, inspection.PoolSize, inspection.ReservePoolSize, inspection.MaxClientConnections));
        Assert.IsTrue(Version.TryParse(inspection.Version, out _), inspection.Version);

        foreach ((string user, string password) in new[] { ("watcher", "wrong"), ("web", Password), ("nobody", "x") })
        {
            DatabaseAccessException refused = await Assert.ThrowsExactlyAsync<DatabaseAccessException>(() => new PoolerInspector($"Host=127.0.0.1;Port={pooler.Port};Username={user};Password={password}").InspectAsync(TestContext.CancellationToken));
            Assert.IsFalse(refused.ToString().Contains(Password, StringComparison.Ordinal), refused.Message);
        }
    }

    /// <summary>Transactions of 10 ms and a read, one after the other, until it is told to stop.</summary>
    private static async Task Shop(TemporaryPostgres server, CancellationToken stop)
    {
        await using var connection = new NpgsqlConnection($"Host=127.0.0.1;Port={server.Port};Username=web;Password=x;Database=postgres;Application Name=shop;Pooling=false");
        await connection.OpenAsync(CancellationToken.None);
        while (!stop.IsCancellationRequested)
        {
            await using var command = new NpgsqlCommand("SELECT id, pg_sleep(0.01) FROM item", connection);
            await command.ExecuteNonQueryAsync(CancellationToken.None);
        }
    }

    /// <summary>The most connections of an inspection that were open at once.</summary>
    private static async Task<int> MostInspections(TemporaryPostgres server, CancellationToken stop)
    {
        await using var connection = new NpgsqlConnection(server.Superuser + ";Application Name=psql");
        await connection.OpenAsync(CancellationToken.None);
        long most = 0;
        while (!stop.IsCancellationRequested)
        {
            await using var command = new NpgsqlCommand($"SELECT count(*), pg_sleep(0.05) FROM pg_stat_activity WHERE application_name = '{DatabaseInspector.ApplicationName}'", connection);
            most = Math.Max(most, (long)(await command.ExecuteScalarAsync(CancellationToken.None))!);
        }

        return (int)most;
    }
}
