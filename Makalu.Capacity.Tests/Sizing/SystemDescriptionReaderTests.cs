using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Tests.Sizing;

[TestClass]
public sealed class SystemDescriptionReaderTests
{
    private const string Contract = """
        {
          "database": { "engine": "postgresql", "version": "16", "cpuCores": 8, "memory": "32GiB",
                        "maxConnections": 100, "superuserReserved": 3, "reserved": 0, "otherConnections": 12,
                        "memoryPerConnection": "10MiB", "sharedBuffers": "8GiB" },
          "services": [ { "name": "web", "instances": 6, "surgeInstances": 2, "trafficShare": 1.0,
                          "connectionsPerRequest": 1, "databaseTimeMean": "00:00:00.012", "databaseTimeP95": "00:00:00.040",
                          "databaseCpuTimeMean": "00:00:00.004", "maxPoolSize": 100 } ],
          "pooler": { "kind": "pgbouncer", "replicas": 2, "mode": "transaction" },
          "target": { "peakQuantile": 0.99, "maxWait": "00:00:00.050", "waitProbability": 0.01,
                      "maxCpuUtilisation": 0.70, "headroom": 0.20 }
        }
        """;

    [TestMethod]
    public void Parse_TheContractsExample_ReadsEveryField()
    {
        SystemDescription system = SystemDescriptionReader.Parse(Contract);

        Assert.AreEqual(
            new DatabaseDescription
            {
                Engine = "postgresql",
                Version = "16",
                CpuCores = 8,
                MemoryBytes = 32L << 30,
                MaxConnections = 100,
                SuperuserReserved = 3,
                Reserved = 0,
                OtherConnections = 12,
                MemoryPerConnectionBytes = 10L << 20,
                SharedBuffersBytes = 8L << 30,
            },
            system.Database);
        Assert.AreEqual(
            new ServiceDescription
            {
                Name = "web",
                Instances = 6,
                SurgeInstances = 2,
                TrafficShare = 1,
                ConnectionsPerRequest = 1,
                DatabaseTimeMean = TimeSpan.FromMilliseconds(12),
                DatabaseTimeP95 = TimeSpan.FromMilliseconds(40),
                DatabaseCpuTimeMean = TimeSpan.FromMilliseconds(4),
                MaxPoolSize = 100,
            },
            system.Services.Single());
        Assert.AreEqual(new PoolerDescription { Kind = "pgbouncer", Replicas = 2, Mode = "transaction" }, system.Pooler);
        Assert.AreEqual(new ServiceTarget(), system.Target);
    }

    [TestMethod]
    public void Parse_TheLeastThereMayBe_StatesEachDefaultItTook()
    {
        SystemDescription system = SystemDescriptionReader.Parse("""
            { "database": { "maxConnections": 100 }, "services": [ { "name": "web", "instances": 2, "databaseTimeMean": "00:00:00.012" } ] }
            """);

        Assert.IsNull(system.Pooler);
        foreach (string field in (string[])["database.engine", "database.cpuCores", "database.superuserReserved", "services[0].trafficShare", "services[0].databaseTimeP95", "target.headroom"])
        {
            Assert.IsTrue(system.AssumedDefaults.Any(sentence => sentence.StartsWith(field + " is not given:", StringComparison.Ordinal)), field);
        }

        Assert.IsTrue(system.AssumedDefaults.Any(sentence => sentence.Contains("3 is assumed", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void Parse_UnknownField_SuggestsTheNearestName()
    {
        SystemDescriptionException exception = Fails(Contract.Replace("surgeInstances", "surgeInstance", StringComparison.Ordinal));

        SystemDescriptionError error = exception.Errors.Single();
        Assert.AreEqual("$.services[0].surgeInstance", error.Path);
        Assert.AreEqual("2", error.Value);
        Assert.Contains("surgeInstances", error.Remedy);
    }

    [TestMethod]
    public void Parse_SeveralErrors_TellsAllWithPathValueRuleAndRemedy()
    {
        SystemDescriptionException exception = Fails("""
            { "database": { "maxConnections": "100", "memory": "32 gigs", "colour": "red" },
              "services": [ { "name": "web", "instances": 0, "databaseTimeMean": "12ms" }, { "name": "web", "instances": 1.5, "databaseTimeMean": "00:00:01" } ],
              "target": { "headroom": -1 } }
            """);

        string[] paths = [.. exception.Errors.Select(error => error.Path)];
        CollectionAssert.AreEquivalent(
            new[]
            {
                "$.database.maxConnections", "$.database.memory", "$.database.colour", "$.services[0].instances", "$.services[0].databaseTimeMean",
                "$.services[1].instances", "$.services[1].name", "$.target.headroom",
            },
            paths);
        foreach (SystemDescriptionError error in exception.Errors)
        {
            Assert.IsFalse(string.IsNullOrWhiteSpace(error.Rule) || string.IsNullOrWhiteSpace(error.Remedy), error.Path);
            Assert.Contains(error.Path, exception.Message);
        }

        Assert.AreEqual("\"12ms\"", exception.Errors.Single(error => error.Path == "$.services[0].databaseTimeMean").Value);
    }

    [TestMethod]
    [DataRow("{", "$.database")]
    [DataRow("", "")]
    [DataRow("[]", "$")]
    [DataRow("""{ "database": 3, "services": {} }""", "$.services")]
    [DataRow("""{ "database": null, "services": [] }""", "$.database")]
    public void Parse_WhatIsNotASystem_IsAClearError(string json, string path)
    {
        SystemDescriptionException exception = Fails(json);
        Assert.IsTrue(json is "{" or "" ? exception.Message.Contains("not JSON", StringComparison.Ordinal) : exception.Errors.Any(error => error.Path == path), exception.Message);
    }

    [TestMethod]
    public void Parse_FieldGivenTwice_IsAnError()
    {
        SystemDescriptionException exception = Fails(Contract.Replace("\"instances\": 6,", "\"instances\": 6, \"instances\": 7,", StringComparison.Ordinal));
        Assert.AreEqual("$.services[0].instances", exception.Errors.Single().Path);
    }

    [TestMethod]
    public void Parse_P95BelowMean_IsAnError()
    {
        SystemDescriptionException exception = Fails(Contract.Replace("00:00:00.040", "00:00:00.004", StringComparison.Ordinal));
        Assert.AreEqual("$.services[0].databaseTimeP95", exception.Errors.Single().Path);
    }

    [TestMethod]
    public void Parse_ReservedConnectionsBeforeVersion16_IsAnError()
    {
        SystemDescriptionException exception = Fails(Contract.Replace("\"16\"", "\"15.4\"", StringComparison.Ordinal).Replace("\"reserved\": 0", "\"reserved\": 5", StringComparison.Ordinal));
        Assert.AreEqual("$.database.reserved", exception.Errors.Single().Path);
    }

    private static SystemDescriptionException Fails(string json)
        => Assert.ThrowsExactly<SystemDescriptionException>(() => SystemDescriptionReader.Parse(json, "system.json"));
}
