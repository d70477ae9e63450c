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

    /// <summary>Who starts the program wrongly is told what is wrong in one line, without a secret and without a stack.</summary>
    [TestMethod]
    [DataRow("--listen ftp://x", "Makalu:Listen 'ftp://x' must be http or https addresses")]
    [DataRow("--database Data.Source=x;Pasword=topsecret", "The database cannot be used")]
    [DataRow("--database Host=127.0.0.1;Pasword=topsecret", "The database cannot be used")]
    [DataRow("--database Host=127.0.0.1;Port=1;Username=u;Password=topsecret;Timeout=2", "The database cannot be used: Failed to connect to 127.0.0.1:1.")]
    [DataRow("--database Data/Source=/nonexistent/folder/state.db", "folder/state.db")]
    [DataRow("--config /nonexistent/settings.json", "The configuration cannot be read")]
    [DataRow("--config {folder}/bad.json", "The configuration cannot be read")]
    [DataRow("--config {folder}/wrong.json", "The configuration is wrong: Failed to convert configuration value 'soon' at 'Makalu:RefitInterval'")]
    [DataRow("keys list --database Host=127.0.0.1;Port=1;Username=u;Password=topsecret;Timeout=2", "The database cannot be used: Failed to connect to 127.0.0.1:1.")]
    public async Task Start_ThatFails_SaysWhyInOneLine(string arguments, string expected)
    {
        using var folder = new TemporaryFolder();
        folder.Write("bad.json", "{ \"Makalu\": ");
        folder.Write("wrong.json", "{ \"Makalu\": { \"RefitInterval\": \"soon\", \"Database\": \"Host=db;Password=topsecret\" } }");
        using var output = new StringWriter();
        using var error = new StringWriter();

        int exitCode = await Makalu.Capacity.Service.Program.RunAsync([.. arguments.Split(' ').Select(a => a.Replace("{folder}", folder.Path, StringComparison.Ordinal).Replace("Data/Source", "Data Source", StringComparison.Ordinal))], output, error);

        Assert.AreEqual(2, exitCode, error.ToString());
        StringAssert.StartsWith(error.ToString(), "makalu-service: ");
        StringAssert.Contains(error.ToString(), expected);
        Assert.HasCount(1, error.ToString().Trim().Split('\n'), error.ToString());
        Assert.IsFalse((output.ToString() + error).Contains("topsecret", StringComparison.Ordinal));
    }

    [TestMethod]
    public async Task Start_OnAnAddressThatIsTaken_SaysSo()
    {
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        using var folder = new TemporaryFolder();
        using var error = new StringWriter();
        string address = FormattableString.Invariant($"http://127.0.0.1:{((System.Net.IPEndPoint)taken.LocalEndpoint).Port}");
        Assert.AreEqual(2, await Makalu.Capacity.Service.Program.RunAsync(["--listen", address, "--database", "Data Source=" + folder["state.db"]], TextWriter.Null, error));
        StringAssert.Contains(error.ToString(), $"Failed to bind to address {address}: address already in use.");
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
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
