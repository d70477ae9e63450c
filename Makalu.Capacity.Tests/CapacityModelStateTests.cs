using System.IO.Compression;
using System.Text;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Reporting;
using Makalu.Capacity.Series;
using Makalu.Capacity.Tests.Service;

namespace Makalu.Capacity.Tests;

/// <summary>What one night's model leaves to the next.</summary>
[TestClass]
public sealed class CapacityModelStateTests
{
    private static readonly CapacityPlannerOptions Options = new() { Horizon = TimeSpan.FromDays(1), Paths = 200 };

    private static readonly Lazy<CapacityModel> Yesterday = new(() => new CapacityPlanner(Options).Fit(History(27), ExampleShop.Calendar));

    [TestMethod]
    public void Refit_FromYesterdaysModel_ForecastsAsAFreshFitOfItsForecaster()
    {
        CapacityModel today = new CapacityPlanner(Options).Refit(History(28), ExampleShop.Calendar, Stored(Yesterday.Value));

        string chosen = Yesterday.Value.Forecaster.Name;
        Assert.AreEqual(chosen, today.Forecaster.Name);
        CapacityPlan fresh = new CapacityPlanner(Options with { Model = chosen }).Recommend(History(28), ExampleShop.Calendar, ExampleShop.System);
        CapacityPlan kept = today.Recommend(ExampleShop.System);
        for (int p = 0; p < fresh.Forecast.PathCount; p++)
            Assert.IsTrue(fresh.Forecast.Path(p).SequenceEqual(kept.Forecast.Path(p)), $"path {p}");
        Assert.AreEqual(fresh.Connections.MaxConnections, kept.Connections.MaxConnections);
        Assert.AreEqual(fresh.Demand.RequestsPerSecond, kept.Demand.RequestsPerSecond);
    }

    [TestMethod]
    public void Refit_KeepsTheJudgement_AndSaysHowOldItIs()
    {
        CapacityModel today = new CapacityPlanner(Options).Refit(History(28), ExampleShop.Calendar, Stored(Yesterday.Value));
        CapacityModel tomorrow = new CapacityPlanner(Options).Refit(History(29), ExampleShop.Calendar, Stored(today));

        Assert.AreEqual(ExampleShop.Start.AddDays(27), today.JudgedAt);
        Assert.AreEqual(ExampleShop.Start.AddDays(27), tomorrow.JudgedAt);
        CollectionAssert.AreEqual(Yesterday.Value.Backtest!.Candidates.ToArray(), tomorrow.Backtest!.Candidates.ToArray());
        Assert.AreEqual(Yesterday.Value.Backtest.Reason + " Judged on what was known on 2024-08-28 00:00 UTC, and kept since.", tomorrow.Backtest.Reason);
        Assert.AreEqual(tomorrow.Backtest.Reason, tomorrow.Forecast().Report!.Choice!.Reason);
    }

    /// <summary>A night that is done again after a kill gives the same bytes, whether or not its model was kept before the kill.</summary>
    [TestMethod]
    public void Refit_FromTheModelOfTheSameNight_GivesTheSamePlan()
    {
        CapacityModel again = new CapacityPlanner(Options).Refit(History(27), ExampleShop.Calendar, Stored(Yesterday.Value));
        Assert.AreEqual(PlanJson.ToJson(Yesterday.Value.Recommend(ExampleShop.System)), PlanJson.ToJson(again.Recommend(ExampleShop.System)));
    }

    [TestMethod]
    public void Refit_WhereWhatWasKeptDoesNotFit_JudgesAnew()
    {
        CapacityModelState state = Stored(Yesterday.Value);
        AssertJudgedAnew(new CapacityPlanner(Options), CampaignCalendar.Empty, "the campaigns are gone");
        AssertJudgedAnew(new CapacityPlanner(Options with { Horizon = TimeSpan.FromDays(2) }), ExampleShop.Calendar, "another horizon");
        AssertJudgedAnew(new CapacityPlanner(Options with { Step = TimeSpan.FromHours(1) }), ExampleShop.Calendar, "another step");
        AssertJudgedAnew(new CapacityPlanner(Options with { Seed = 2 }), ExampleShop.Calendar, "another seed");
        AssertJudgedAnew(new CapacityPlanner(Options with { Model = "seasonal-naive" }), ExampleShop.Calendar, "another model is asked for");
        AssertJudgedAnew(new CapacityPlanner(Options with { Forecaster = new SeasonalNaiveForecaster() }), ExampleShop.Calendar, "a forecaster of one's own");

        CapacityModel earlier = new CapacityPlanner(Options).Refit(History(26), ExampleShop.Calendar, state);
        Assert.AreEqual(ExampleShop.Start.AddDays(26), earlier.JudgedAt, "a choice that knows the future");

        void AssertJudgedAnew(CapacityPlanner planner, CampaignCalendar calendar, string why)
            => Assert.AreEqual(ExampleShop.Origin, planner.Refit(History(28), calendar, state).JudgedAt, why);
    }

    [TestMethod]
    public void Refit_AfterACampaignWasPlanned_SeesIt()
    {
        var planner = new CapacityPlanner(Options);
        CapacityModel without = planner.Fit(History(27), CampaignCalendar.Empty);
        Assert.AreEqual("pool", without.Forecaster.Name);

        CapacityModel with = planner.Refit(History(28), ExampleShop.Calendar, Stored(without));
        StringAssert.StartsWith(with.Forecaster.Name, "campaigns");
    }

    [TestMethod]
    public void Refit_OfSsa_KeepsWindowAndRank_AndForecastsAsAFreshFitOfThem()
    {
        var ssa = new CapacityPlanner(Options with { Model = "ssa" });
        CapacityModel before = ssa.Fit(History(27), CampaignCalendar.Empty);
        CapacityModel refitted = ssa.Refit(History(28), CampaignCalendar.Empty, Stored(before));

        // The same window, rank, method and ridge, searched for by nobody.
        Stream found = Stored(before).Found!;
        Assert.AreEqual(1, found.ReadByte());
        Assert.AreEqual(1, found.ReadByte(), "the shop's values are all above zero");
        var saved = Capacity.Forecasting.Ssa.SsaModel.Load(found);
        var fixedForecaster = new Capacity.Forecasting.Ssa.SsaForecaster(new Capacity.Forecasting.Ssa.SsaOptions { WindowLength = saved.WindowLength, Rank = saved.Rank, Method = saved.Specification.Method, Ridge = saved.Specification.Ridge, Horizon = saved.Specification.Horizon });
        double[] fresh = fixedForecaster.Fit(History(28).RequestsPerSecond, CampaignCalendar.Empty).Predict(new PredictionOptions { Horizon = 96, Paths = 200, Seed = 1 }).Quantiles([0.5])[0];
        double[] kept = refitted.Forecast().Quantiles([0.5])[0];
        for (int h = 0; h < 96; h++)
            Assert.AreEqual(fresh[h], kept[h], 1e-6 * fresh[h], $"step {h}");
    }

    [TestMethod]
    public void Load_OfWhatIsNoState_SaysSo()
    {
        StringAssert.Contains(Refused("not even compressed"u8.ToArray()), "");
        StringAssert.Contains(Refused(Compressed("[1,2]")), "no state of a model");
        StringAssert.Contains(Refused(Compressed("{\"schema\":1}")), "no state of a model");

        using var state = new MemoryStream();
        Yesterday.Value.State().Save(state);
        string later = Encoding.UTF8.GetString(Expanded(state.ToArray())).Replace("\"schema\":1", "\"schema\":2", StringComparison.Ordinal);
        StringAssert.Contains(Refused(Compressed(later)), "schema 2; this version reads 1");
        StringAssert.Contains(Refused(state.ToArray()[..^40]), "");

        static string Refused(byte[] content) => Assert.ThrowsExactly<InvalidDataException>(() => CapacityModelState.Load(new MemoryStream(content))).Message;
    }

    [TestMethod]
    public void Refit_FromTheStateOfAnotherBuild_JudgesAnew()
    {
        using var state = new MemoryStream();
        Yesterday.Value.State().Save(state);
        string build = typeof(CapacityModel).Assembly.ManifestModule.ModuleVersionId.ToString();
        string text = Encoding.UTF8.GetString(Expanded(state.ToArray()));
        StringAssert.Contains(text, build);
        var other = CapacityModelState.Load(new MemoryStream(Compressed(text.Replace(build, Guid.Empty.ToString(), StringComparison.Ordinal))));
        Assert.AreEqual(ExampleShop.Origin, new CapacityPlanner(Options).Refit(History(28), ExampleShop.Calendar, other).JudgedAt);
    }

    private static CapacityModelState Stored(CapacityModel model)
    {
        using var file = new MemoryStream();
        model.State().Save(file);
        file.Position = 0;
        return CapacityModelState.Load(file);
    }

    private static RequestHistory History(int days)
    {
        DateTimeOffset start = ExampleShop.Start;
        return new RequestHistory
        {
            Name = "",
            Requests = new TimeSeries(start, ExampleShop.Step, [.. Enumerable.Range(0, days * 96).Select(i => ExampleShop.RequestsAt(start + (ExampleShop.Step * i)))]),
            Quality = SeriesQuality.Clean,
        };
    }

    private static byte[] Compressed(string text)
    {
        using var compressed = new MemoryStream();
        using (var content = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
            content.Write(Encoding.UTF8.GetBytes(text));
        return compressed.ToArray();
    }

    private static byte[] Expanded(byte[] compressed)
    {
        using var content = new GZipStream(new MemoryStream(compressed), CompressionMode.Decompress);
        using var expanded = new MemoryStream();
        content.CopyTo(expanded);
        return expanded.ToArray();
    }
}
