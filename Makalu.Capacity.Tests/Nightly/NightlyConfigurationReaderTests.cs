using Makalu.Capacity.Cli;
using Makalu.Capacity.Cli.Nightly;
using Makalu.Capacity.Reporting;

namespace Makalu.Capacity.Tests.Nightly;

[TestClass]
public sealed class NightlyConfigurationReaderTests
{
    [TestMethod]
    public void Read_ResolvesPathsAgainstTheFileAndTakesDefaults()
    {
        using var folder = new NightlyFolder();
        folder.Write("nightly.json", """
            { // comments are welcome
              "output": "plans", "metrics": { "textfile": "/var/lib/node/makalu.prom", "otlp": "http://collector:4318" },
              "services": [ { "name": "shop", "system": "shop.json", "timeZone": "UTC", "source": { "kind": "file", "path": "shop.csv" } } ] }
            """);
        NightlyConfiguration configuration = folder.Read();
        Assert.AreEqual(folder["plans"], configuration.Output);
        Assert.AreEqual(TimeSpan.FromDays(14), configuration.Horizon);
        Assert.AreEqual("/var/lib/node/makalu.prom", configuration.MetricsFile);
        Assert.AreEqual(new Uri("http://collector:4318"), configuration.MetricsEndpoint);
        Assert.AreEqual(folder["shop.json"], configuration.Services.Single().System);
        Assert.IsNull(configuration.Services.Single().Calendar);
        Assert.AreEqual(TimeZoneInfo.Utc, configuration.Services.Single().TimeZone);
    }

    [TestMethod]
    public void Read_TellsEveryErrorAtOnce()
    {
        using var folder = new NightlyFolder();
        folder.Write("nightly.json", """
            { "output": "plans", "horizont": "1.00:00:00", "parallelism": 0, "metrics": { "otlp": "ftp://x" },
              "services": [
                { "name": "../shop", "system": "a.json", "timeZone": "Mars/Olympus", "source": { "kind": "carrier-pigeon" } },
                { "name": "Shop", "system": "a.json", "model": "oracle", "source": { "kind": "sql", "query": "select 1" } },
                { "name": "shop", "source": { "kind": "prometheus", "url": "http://user:secret@p", "query": "x", "step": "00:00:00.5" } } ] }
            """);
        UsageException exception = Assert.ThrowsExactly<UsageException>(() => folder.Read());
        foreach (string part in new[] { "horizont", "Did you mean horizon?", "$.parallelism: 0", "ftp://x", "../shop", "carrier-pigeon", "$.services[0].timeZone: Mars/Olympus", "connectionEnvironment", "$.services[1].model: oracle", "$.services[2].system", "without a password", "whole seconds", "Two services have this name" })
        {
            StringAssert.Contains(exception.Message, part);
        }
    }

    [TestMethod]
    public void Read_TakesTheLabelsOfTheServicesOwnSeries()
    {
        using var folder = new NightlyFolder();
        folder.Write("nightly.json", """
            { "output": "plans", "services": [ { "name": "shop", "system": "shop.json", "source": { "kind": "file", "path": "shop.csv" },
              "monitoring": { "requests": { "job": "shop" }, "database": { "instance": "db1:9187", "cluster": "a" }, "databaseHost": {} } } ] }
            """);
        MonitoringScope scope = folder.Read().Services.Single().Monitoring;
        Assert.AreEqual("shop", scope.Service);
        Assert.AreEqual("shop", scope.Requests["job"]);
        Assert.HasCount(2, scope.Database);
        Assert.IsEmpty(scope.DatabaseHost);
        Assert.IsEmpty(scope.Pooler);

        folder.Write("nightly.json", """{ "output": "plans", "services": [ { "name": "shop", "system": "shop.json", "source": { "kind": "file", "path": "shop.csv" }, "monitoring": { "requests": { "a-b": "x" }, "database": [], "pool": {} } } ] }""");
        string message = Assert.ThrowsExactly<UsageException>(() => folder.Read()).Message;
        foreach (string part in new[] { "$.services[0].monitoring.requests", "$.services[0].monitoring.database", "Did you mean pooler?" })
        {
            StringAssert.Contains(message, part);
        }
    }

    [TestMethod]
    public void Read_NamesTheLineOfWhatIsNoJson()
    {
        using var folder = new NightlyFolder();
        folder.Write("nightly.json", "{\n  \"output\": plans }");
        StringAssert.Contains(Assert.ThrowsExactly<UsageException>(() => folder.Read()).Message, "nightly.json, line 2");
    }
}
