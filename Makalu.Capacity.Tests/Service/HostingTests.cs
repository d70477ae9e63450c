using Makalu.Capacity.Service.Hosting;
using Makalu.Capacity.Service.Storage;
using Makalu.Capacity.Tests.Cli;

namespace Makalu.Capacity.Tests.Service;

[TestClass]
public sealed class HostingTests
{
    [TestMethod]
    public void Settings_ThatAreWrong_AreToldTogether()
    {
        var settings = new ServiceSettings { Listen = "ftp://x", RefitInterval = TimeSpan.FromDays(-1) };
        settings.Limits.Burst = 0;
        settings.Prometheus["main"] = new PrometheusServer { Url = "file:///etc/passwd" };

        string message = Assert.ThrowsExactly<ArgumentException>(settings.Validate).Message;

        foreach (string part in new[] { "Makalu:Listen 'ftp://x'", "Makalu:RefitInterval", "Makalu:Limits:Burst 0", "Makalu:Prometheus:main:Url" })
            StringAssert.Contains(message, part);
    }

    [TestMethod]
    public async Task Migrations_GoForwardOnly_AndKeepWhatIsThere()
    {
        using var folder = new TemporaryFolder();
        await using var database = ServiceDatabase.Create("Data Source=" + folder["state.db"]);
        Assert.AreEqual(0, await Migrations.ApplyAsync(database, CancellationToken.None));
        await new ServiceTable(database, TimeProvider.System).PutAsync("shop", "{}", 10, CancellationToken.None);
        Assert.AreEqual(Migrations.Latest, await Migrations.ApplyAsync(database, CancellationToken.None));
        Assert.HasCount(1, await new ServiceTable(database, TimeProvider.System).ListAsync(CancellationToken.None));
        if (!OperatingSystem.IsWindows())
            Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder["state.db"]));

        await database.WriteAsync(t => t.ExecuteAsync("UPDATE schema_version SET version = 99", CancellationToken.None), CancellationToken.None);
        InvalidOperationException refused = await Assert.ThrowsExactlyAsync<InvalidOperationException>(() => Migrations.ApplyAsync(database, CancellationToken.None));
        StringAssert.Contains(refused.Message, "has schema version 99");
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
    }

    /// <summary>What was chosen is not judged again after a restart, until it is a day old.</summary>
    [TestMethod]
    public async Task Choice_SurvivesARestart_UntilItIsOld()
    {
        using var folder = new TemporaryFolder();
        string database = "Data Source=" + folder["state.db"];
        DateTimeOffset judgedAt;
        await using (RunningService first = await RunningService.StartAsync(database: database))
        {
            await first.RegisterAsync();
            judgedAt = first.Keeper.Warm.Single().JudgedAt;
        }

        await using (RunningService second = await RunningService.StartAsync(database: database))
        {
            await second.Client.GetStringAsync("/v1/services/shop/plan");
            Assert.IsTrue(second.Keeper.Warm.Single().Model.IsChoiceKept);
            Assert.AreEqual(judgedAt.ToUnixTimeSeconds(), second.Keeper.Warm.Single().JudgedAt.ToUnixTimeSeconds());
        }

        await using RunningService third = await RunningService.StartAsync(s => s.JudgeInterval = TimeSpan.Zero, database: database);
        await third.Client.GetStringAsync("/v1/services/shop/plan");
        Assert.IsFalse(third.Keeper.Warm.Single().Model.IsChoiceKept);
    }

    [TestMethod]
    public async Task State_SurvivesARestart_AndItsModelIsWarmAgain()
    {
        using var folder = new TemporaryFolder();
        string database = "Data Source=" + folder["state.db"], plan;
        await using (RunningService first = await RunningService.StartAsync(database: database))
        {
            await first.RegisterAsync();
            plan = await first.Client.GetStringAsync("/v1/services/shop/plan");
        }

        await using RunningService second = await RunningService.StartAsync(database: database);
        Assert.AreEqual(plan, await second.Client.GetStringAsync("/v1/services/shop/plan"));
    }
}
