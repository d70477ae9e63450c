using System.Text.RegularExpressions;
using Makalu.Capacity.Reporting;
using Makalu.Capacity.Sizing;
using Makalu.Capacity.Tests.Cli;
using Makalu.Capacity.Tests.Reporting;

namespace Makalu.Capacity.Tests.Sizing.Postgres;

/// <summary>The emitted <c>my.cnf</c>, read by a real MariaDB or MySQL.</summary>
[TestClass]
public sealed class MariaDbTests
{
    [TestMethod]
    public void MyCnf_IsAcceptedByTheServer()
    {
        string server = ExternalTool.Require("mariadbd", "mariadb-server-core");
        CapacityPlan plan = ExamplePlan.Create(planned: 237, engine: "mariadb", version: "10.11", findings: [new Finding("thread-cache", FindingSeverity.Info, "Set thread_cache_size to 77.", [new("threadCacheSize", 77)])]);
        using var folder = new TemporaryFolder();
        folder.Write("my.cnf", ConfigurationWriter.Write(plan).Single(file => file.Name == "my.cnf").Content);

        (int exitCode, string output) = ExternalTool.Run(server, "--defaults-file=" + folder["my.cnf"], "--user=root", "--datadir=" + folder.Path, "--verbose", "--help");
        Assert.AreEqual(0, exitCode, output[..Math.Min(output.Length, 2000)]);
        Assert.IsTrue(Regex.IsMatch(output, @"^max-connections\s+237\s*$", RegexOptions.Multiline), "max_connections is not what was written");
        Assert.IsTrue(Regex.IsMatch(output, @"^thread-cache-size\s+77\s*$", RegexOptions.Multiline), "thread_cache_size is not what was written");
        Assert.IsFalse(output.Contains("unknown variable", StringComparison.OrdinalIgnoreCase), output);
    }

    [TestMethod]
    public void Plan_OfMariaDb_CountsNoReserveBesideTheAdministratorsOwnConnection()
    {
        SystemDescription system = SizingCases.Outage.WithDatabase(database => database with { Engine = "mariadb", Version = "10.11", SuperuserReserved = 3 });
        ConnectionPlan plan = system.Plan(SizingCases.Peak(2400));
        SystemDescription postgres = SizingCases.Outage.WithDatabase(database => database with { SuperuserReserved = 40, MaxConnections = 100 });
        Assert.IsTrue(postgres.Plan(SizingCases.Peak(2400)).MaxConnections >= plan.MaxConnections + 30);
        Assert.IsFalse(plan.RestartRequired);
        Assert.IsTrue(plan.Assumptions.Any(assumption => assumption.StartsWith("superuserReserved 3 is not counted", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void Plan_WithAProvidersCap_NeverExceedsIt()
    {
        foreach (int cap in (int[])[120, 150, 180, 400])
        {
            ConnectionPlan plan = SizingCases.Outage.WithDatabase(database => database with { ManagedMaxConnections = cap }).Plan(SizingCases.Peak(2400));
            Assert.IsTrue(plan.MaxConnections <= cap, FormattableString.Invariant($"{plan.MaxConnections} of {cap}, {plan.Verdict}"));
            Assert.AreEqual(plan.Verdict != Verdict.Raise, plan.Findings.Any(finding => finding.Code == "managed-cap-exceeded"));
        }
    }
}
