using System.Globalization;
using Makalu.Capacity.Sizing;
using Npgsql;

namespace Makalu.Capacity.Tests.Sizing.Postgres;

/// <summary>The outage on a real PostgreSQL: the same requests at once, with the settings of that day and with the planned ones.</summary>
[TestClass]
public sealed class OutageReplayTests
{
    private const int Instances = 6;
    private const int RequestsPerInstance = 25;

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    [Timeout(300_000, CooperativeCancellation = true)]
    public async Task Requests_WithTheSettingsOfTheOutage_AreRefusedWithTooManyConnections()
    {
        (int served, int refused) = await Replay(maxConnections: 100, maxPoolSize: 100);

        TestContext.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{served} served, {refused} refused with SQLSTATE 53300"));
        Assert.AreEqual(Instances * RequestsPerInstance, served + refused);
        Assert.AreEqual(100 - 3 - 12, served);
    }

    [TestMethod]
    [Timeout(300_000, CooperativeCancellation = true)]
    public async Task Requests_WithThePlannedSettings_AreAllServed()
    {
        ConnectionPlan plan = SizingCases.Outage.Plan(SizingCases.Peak(2400));
        (int served, int refused) = await Replay(plan.MaxConnections, plan.Services[0].MaxPoolSize);

        Assert.AreEqual(0, refused);
        Assert.AreEqual(Instances * RequestsPerInstance, served);
    }

    /// <summary>All requests of all instances at once; each holds its connection until every other has got one, waits in its pool, or was refused.</summary>
    private async Task<(int Served, int Refused)> Replay(int maxConnections, int maxPoolSize)
    {
        using TemporaryPostgres server = TemporaryPostgres.Start(maxConnections);
        await server.ExecuteAsync("CREATE ROLE web LOGIN", TestContext.CancellationToken);
        await using NpgsqlDataSource others = Pool(server, 12, "others");
        var held = new List<NpgsqlConnection>();
        for (int i = 0; i < 12; i++)
        {
            held.Add(await others.OpenConnectionAsync(TestContext.CancellationToken));
        }

        NpgsqlDataSource[] instances = [.. Enumerable.Range(0, Instances).Select(i => Pool(server, maxPoolSize, $"web {i}"))];
        int settled = 0;
        int expected = Instances * Math.Min(RequestsPerInstance, maxPoolSize);
        var allSettled = new TaskCompletionSource();
        bool[] outcomes = await Task.WhenAll(instances.SelectMany(instance => Enumerable.Range(0, RequestsPerInstance).Select(_ => Request(instance))));
        foreach (NpgsqlDataSource instance in instances)
        {
            await instance.DisposeAsync();
        }

        foreach (NpgsqlConnection connection in held)
        {
            await connection.DisposeAsync();
        }

        return (outcomes.Count(served => served), outcomes.Count(served => !served));

        async Task<bool> Request(NpgsqlDataSource instance)
        {
            try
            {
                await using NpgsqlConnection connection = await instance.OpenConnectionAsync(TestContext.CancellationToken);
                await using NpgsqlCommand command = connection.CreateCommand();
                command.CommandText = "SELECT 1";
                await command.ExecuteScalarAsync(TestContext.CancellationToken);
                Settle();
                await allSettled.Task;
                return true;
            }
            catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.TooManyConnections)
            {
                Settle();
                return false;
            }
        }

        void Settle()
        {
            if (Interlocked.Increment(ref settled) >= expected)
            {
                allSettled.TrySetResult();
            }
        }
    }

    private static NpgsqlDataSource Pool(TemporaryPostgres server, int maxPoolSize, string name)
        => NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = server.Port,
            Username = "web",
            Database = "postgres",
            MaxPoolSize = maxPoolSize,
            ApplicationName = name,
            Timeout = 120,
        });
}
