using System.Diagnostics;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Series;
using Makalu.Capacity.Sizing;
using Makalu.Capacity.Tests.Packaging;

namespace Makalu.Capacity.Tests.Sizing;

/// <summary>The sample's launch day, 15 September 2024, 14:00 to 16:30 UTC, with the settings of that day and with the planned ones.</summary>
[TestClass]
public sealed class LaunchDayTests
{
    /// <summary>Each minute is played for so many seconds at its own rate.</summary>
    private const double SecondsPerMinute = 3;

    private static readonly string Data = Path.Combine(RepositoryFolder.Path, "data");

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public void LaunchDay_WithTheSettingsOfThatDay_FailsMostRequests()
    {
        SystemDescription system = SystemDescriptionReader.Read(Path.Combine(Data, "system.json"));
        LaunchDaySimulation day = Play(system, system.Services[0].MaxPoolSize!.Value, system.Database.MaxConnections);
        Assert.IsGreaterThanOrEqualTo(0.85, (double)day.Failed / (day.Failed + day.Served));

        // Counted by shoppers, of whom each reloads several times.
        double shoppers = day.ShoppersServed + day.ShoppersLost;
        TestContext.WriteLine(FormattableString.Invariant($"{shoppers} shoppers, {day.ShoppersTurnedAway / shoppers:0.0%} met an error first, {day.ShoppersLost / shoppers:0.0%} never got their page"));
        Assert.IsGreaterThanOrEqualTo(0.75, day.ShoppersTurnedAway / shoppers);
        Assert.IsGreaterThanOrEqualTo(0.10, day.ShoppersLost / shoppers);
    }

    [TestMethod]
    public void LaunchDay_WithThePlannedSettings_FailsNone()
    {
        SystemDescription system = SystemDescriptionReader.Read(Path.Combine(Data, "system.json"));
        CapacityPlan plan = new CapacityPlanner(new CapacityPlannerOptions { Horizon = TimeSpan.FromDays(1) })
            .Recommend(SeriesFile.Read(Path.Combine(Data, "requests.csv.gz"))[0], CampaignCalendarReader.Read(Path.Combine(Data, "calendar.csv")), system);
        LaunchDaySimulation day = Play(system, plan.Connections.Services[0].MaxPoolSize, plan.Connections.MaxConnections);
        Assert.AreEqual(0, day.Failed);
        Assert.AreEqual(0, day.Refused);
        Assert.IsGreaterThan(100_000, day.Served);
    }

    /// <summary>
    /// What the 85 % rest on: without anybody who tries again the same settings fail far fewer. docs/outage.md has the figures.
    /// </summary>
    [TestMethod]
    [DataRow(3, 0, 0.10, 0.20)]
    [DataRow(0, 0, 0.03, 0.10)]
    public void LaunchDay_WithFewerWhoTryAgain_FailsFewer(int retries, int reloads, double least, double most)
    {
        SystemDescription system = SystemDescriptionReader.Read(Path.Combine(Data, "system.json"));
        LaunchDaySimulation day = Play(system, system.Services[0].MaxPoolSize!.Value, system.Database.MaxConnections, retries, reloads);
        double shoppers = day.ShoppersServed + day.ShoppersLost;
        TestContext.WriteLine(FormattableString.Invariant($"retries {retries}, reloads {reloads}: {shoppers} shoppers, {day.ShoppersTurnedAway / shoppers:0.0%} met an error first, {day.ShoppersLost / shoppers:0.0%} never got their page"));
        Assert.IsTrue((double)day.Failed / (day.Failed + day.Served) is var failed && failed >= least && failed <= most, FormattableString.Invariant($"{failed}"));
        Assert.IsTrue(day.ShoppersTurnedAway >= day.ShoppersLost);
    }

    /// <summary>The limit alone is not the outage: pools that fit within it let requests wait where larger ones have them refused.</summary>
    [TestMethod]
    public void LaunchDay_WithTheOldLimitAndPoolsWithinIt_RefusesNone()
    {
        SystemDescription system = SystemDescriptionReader.Read(Path.Combine(Data, "system.json"));
        LaunchDaySimulation day = Play(system, maxPoolSize: 14, system.Database.MaxConnections);
        Assert.AreEqual(0, day.Refused);
    }

    private LaunchDaySimulation Play(SystemDescription system, int maxPoolSize, int maxConnections, int retries = 3, int reloads = 10)
    {
        TimeSeries demand = SeriesFile.Read(Path.Combine(Data, "actual", "requests-2024-09-15.csv.gz"))[0].Requests;
        var from = new DateTimeOffset(2024, 9, 15, 13, 50, 0, TimeSpan.Zero);
        int first = (int)((from - demand.Start) / demand.Step);
        ServiceDescription web = system.Services[0];
        double ratio = web.DatabaseTimeP95!.Value / web.DatabaseTimeMean;
        var simulation = new LaunchDaySimulation(
            new LaunchDaySimulation.Settings
            {
                Instances = web.Instances,
                MaxPoolSize = maxPoolSize,
                MaxConnections = maxConnections,
                UsableConnections = maxConnections - system.Database.SuperuserReserved - system.Database.Reserved - system.Database.OtherConnections,
                Cores = system.Database.CpuCores!.Value,
                HoldSeconds = web.DatabaseTimeMean.TotalSeconds,
                HoldSigma = 1.6449 - Math.Sqrt((1.6449 * 1.6449) - (2 * Math.Log(ratio))),
                ProcessorSeconds = web.DatabaseCpuTimeMean!.Value.TotalSeconds,
                Retries = retries,
                Reloads = reloads,
            },
            seed: 1);

        long started = Stopwatch.GetTimestamp();
        simulation.Play(demand.Values.Slice(first, 160).ToArray(), SecondsPerMinute, countedFrom: 10);
        TestContext.WriteLine(FormattableString.Invariant($"max_connections {maxConnections}, pools of {maxPoolSize}: {simulation.Served} served, {simulation.Failed} failed ({(double)simulation.Failed / (simulation.Failed + simulation.Served):0.0%}), {simulation.Refused} refusals; {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s"));
        return simulation;
    }
}
