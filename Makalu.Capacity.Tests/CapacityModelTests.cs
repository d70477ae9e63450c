using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Reporting;
using Makalu.Capacity.Series;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Tests;

[TestClass]
public sealed class CapacityModelTests
{
    private static readonly DateTimeOffset Start = new(2024, 8, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Origin = Start.AddDays(28);
    private static readonly Campaign Launch = new("launch", "email", Origin.AddHours(14), Origin.AddHours(16));

    private static readonly CampaignCalendar Calendar = new(
    [
        .. Enumerable.Range(1, 4).Select(week => new Campaign(FormattableString.Invariant($"mail {week}"), "email", Start.AddDays(6 * week).AddHours(14), Start.AddDays(6 * week).AddHours(16))),
        Launch,
    ]);

    private static readonly SystemDescription System = new()
    {
        Database = new DatabaseDescription { MaxConnections = 100, CpuCores = 16, MemoryBytes = 64L << 30, SharedBuffersBytes = 16L << 30 },
        Services = [new ServiceDescription { Name = "web", Instances = 4, DatabaseTimeMean = TimeSpan.FromMilliseconds(20), DatabaseCpuTimeMean = TimeSpan.FromMilliseconds(2), MaxPoolSize = 20 }],
    };

    private static readonly CapacityPlannerOptions Options = new() { Horizon = TimeSpan.FromDays(1), Model = "campaigns", Paths = 200 };

    private static readonly Lazy<CapacityModel> Model = new(() => new CapacityPlanner(Options).Fit(History(), Calendar));

    [TestMethod]
    public void Recommend_WithoutAScenario_IsThePlannersPlanButForTheOutlook()
    {
        CapacityPlan plan = Model.Value.Recommend(System);
        Assert.IsNull(plan.Outlook);
        Assert.AreEqual(PlanJson.ToJson(new CapacityPlanner(Options).Recommend(History(), Calendar, System)), PlanJson.ToJson(plan.With(Model.Value.Outlook(plan))));
    }

    /// <summary>Each row of the table is what asking the model for its scenario gives.</summary>
    [TestMethod]
    public void Outlook_IsWhatEachScenarioGives()
    {
        CapacityPlan plan = Model.Value.Recommend(System);
        PlanOutlook outlook = Model.Value.Outlook(plan);

        CollectionAssert.AreEqual(
            new[] { "launch twice as large", "launch half as large", "launch does not take place", "all traffic +25 %", "all traffic +50 %" },
            outlook.Scenarios.Select(s => s.Change).ToArray());
        foreach (ScenarioOutcome outcome in outlook.Scenarios)
        {
            CapacityPlan asked = Model.Value.Recommend(System, outcome.Scenario);
            Assert.AreEqual(asked.Demand.StepRequestsPerSecond, outcome.StepRequestsPerSecond, 1e-4 * outcome.StepRequestsPerSecond, outcome.Change);
            Assert.AreEqual(asked.Connections.Verdict, outcome.Verdict, outcome.Change);
            Assert.AreEqual(asked.Connections.MaxConnections, outcome.MaxConnections, outcome.Change);
            CollectionAssert.AreEqual(asked.Connections.Services.Select(s => s.MaxPoolSize).ToArray(), outcome.MaxPoolSizes.ToArray(), outcome.Change);
            Assert.AreEqual(outcome.StepRequestsPerSecond <= outlook.PlannedSettingsCarry, outcome.PlannedSettingsCarry, outcome.Change);
        }

        Assert.AreEqual(1.25 * plan.Demand.StepRequestsPerSecond, outlook.Scenarios[3].StepRequestsPerSecond, 1e-6 * plan.Demand.StepRequestsPerSecond);
        Assert.AreEqual(1.5 * plan.Demand.StepRequestsPerSecond, outlook.Scenarios[4].StepRequestsPerSecond, 1e-6 * plan.Demand.StepRequestsPerSecond);
        Assert.IsGreaterThanOrEqualTo(plan.Demand.StepRequestsPerSecond, outlook.PlannedSettingsCarry!.Value);
        Assert.AreEqual(plan.Connections.CurrentSettingsSurvive, outlook.CurrentSettingsCarry >= plan.Demand.StepRequestsPerSecond);
    }

    [TestMethod]
    public void Fit_FromAPreviousModel_KeepsItsForecasterAndJudgement()
    {
        CapacityModel refitted = new CapacityPlanner(Options).Fit(History(), Calendar, Model.Value);

        Assert.AreSame(Model.Value.Forecaster, refitted.Forecaster);
        Assert.AreSame(Model.Value.Backtest, refitted.Backtest);
        Assert.AreEqual(PlanJson.ToJson(Model.Value.Recommend(System)), PlanJson.ToJson(refitted.Recommend(System)));
    }

    [TestMethod]
    public void Forecast_WhenTheCampaignIsTwiceAsLarge_AddsTwiceItsRequestsToEachPath()
    {
        Forecast one = Model.Value.Forecast();
        Forecast none = Model.Value.Forecast(new CapacityScenario { CampaignScales = Scale(0) });
        Forecast two = Model.Value.Forecast(new CapacityScenario { CampaignScales = Scale(2) });

        int during = (int)(TimeSpan.FromHours(14.5) / one.Step);
        double added = one.Mean()[during] - none.Mean()[during];
        Assert.IsGreaterThan(10, added, "the campaign adds nothing, so that nothing is proven");
        for (int p = 0; p < one.PathCount; p++)
        {
            double expected = Math.Max((2 * one.Path(p)[during]) - none.Path(p)[during], 0);
            Assert.AreEqual(expected, two.Path(p)[during], 1e-9 * expected);
            Assert.AreEqual(one.Path(p)[0], two.Path(p)[0], "a step that the campaign does not reach");
        }

        Assert.AreEqual(1 + (2 * (one.CampaignEffects[0].PeakFactorMedian - 1)), two.CampaignEffects[0].PeakFactorMedian, 1e-12);
    }

    [TestMethod]
    public void Recommend_WhenTheCampaignGrows_NeverNeedsFewerConnections()
    {
        int[] pools = [.. new[] { 0, 1.0, 2, 5 }.Select(s => Model.Value.Recommend(System, new CapacityScenario { CampaignScales = Scale(s) }).Connections.Services[0].MaxPoolSize)];

        CollectionAssert.AreEqual(pools.Order().ToArray(), pools);
        Assert.IsGreaterThan(pools[0], pools[^1]);
    }

    [TestMethod]
    public void Recommend_WhenTheCampaignIsMoved_MovesThePeak()
    {
        var earlier = new CampaignCalendar([new Campaign(Launch.Name, Launch.Kind, Launch.StartsAt.AddHours(-10), Launch.EndsAt.AddHours(-10))]);

        CapacityPlan plan = Model.Value.Recommend(System, new CapacityScenario { Planned = earlier });

        Assert.AreEqual(Launch.Name, plan.Demand.Cause);
        Assert.IsTrue(plan.Demand.At >= Launch.StartsAt.AddHours(-10) && plan.Demand.At < Launch.EndsAt.AddHours(-10), $"{plan.Demand.At}");
    }

    [TestMethod]
    public void Forecast_WhenTrafficIsScaled_MultipliesEveryStep()
    {
        double[] one = Model.Value.Forecast().Mean();
        double[] half = Model.Value.Forecast(new CapacityScenario { TrafficScale = 0.5 }).Mean();

        for (int i = 0; i < one.Length; i++)
            Assert.AreEqual(one[i] / 2, half[i], 1e-9);
    }

    [TestMethod]
    public void Forecast_WhenTheScenarioIsWrong_TellsAllErrorsAtOnce()
    {
        var scenario = new CapacityScenario
        {
            TrafficScale = double.NaN,
            CampaignScales = new Dictionary<string, double>(StringComparer.Ordinal) { ["mail 1"] = 2, ["nonesuch"] = -1 },
        };

        string message = Assert.ThrowsExactly<ArgumentException>(() => Model.Value.Forecast(scenario)).Message;

        foreach (string part in new[] { "TrafficScale NaN", "'mail 1' started before the origin", "'nonesuch' must be 0 to 100", "'nonesuch' is not planned. The planned ones are: launch" })
            StringAssert.Contains(message, part);
    }

    [TestMethod]
    public void Forecast_WhenTheModelKnowsNoCampaigns_RefusesToScaleOne()
    {
        CapacityModel model = new CapacityPlanner(Options with { Model = "seasonal-naive" }).Fit(History(), Calendar);

        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => model.Forecast(new CapacityScenario { CampaignScales = Scale(2) })).Message, "knows no campaigns");
    }

    private static Dictionary<string, double> Scale(double scale) => new(StringComparer.Ordinal) { [Launch.Name] = scale };

    private static RequestHistory History()
    {
        TimeSpan step = TimeSpan.FromMinutes(15);
        double[] requests = new double[(int)((Origin - Start) / step)];
        for (int i = 0; i < requests.Length; i++)
        {
            DateTimeOffset time = Start + (step * i);
            double level = 100 + (60 * Math.Sin(2 * Math.PI * time.TimeOfDay.TotalDays)) + (5 * Math.Sin(i * 12.9898));
            double factor = Calendar.Campaigns.Any(c => time >= c.StartsAt && time < c.EndsAt) ? 2.5 : 1;
            requests[i] = level * factor * step.TotalSeconds;
        }

        return new RequestHistory { Requests = new TimeSeries(Start, step, requests), Quality = SeriesQuality.Clean };
    }
}
