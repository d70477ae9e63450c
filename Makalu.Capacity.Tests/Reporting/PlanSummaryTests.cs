using Makalu.Capacity.Reporting;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Tests.Reporting;

[TestClass]
public sealed class PlanSummaryTests
{
    [TestMethod]
    public void Headline_OfARaise_SaysWhatWhyAndWhen()
        => Assert.AreEqual(
            "The settings of today do not survive a peak of 2,310 requests per second at 2024-09-15 14:15 UTC, caused by autumn-launch: raise max_connections from 100 to 214 (with a restart).",
            PlanSummary.Of(ExamplePlan.Create()).Headline);

    [TestMethod]
    public void Headline_OfAKeep_SaysThatTheSettingsSurvive()
    {
        string headline = PlanSummary.Of(ExamplePlan.Create(Verdict.Keep, planned: 100, survives: true)).Headline;
        StringAssert.StartsWith(headline, "The settings of today survive");
        StringAssert.EndsWith(headline, "keep max_connections at 100.");
    }

    [TestMethod]
    public void Headline_OfAPooler_SaysItsSize()
        => StringAssert.EndsWith(
            PlanSummary.Of(ExamplePlan.Create(Verdict.Pool, planned: 100, pooler: ExamplePlan.Pooler())).Headline,
            "put pgbouncer with 30 connections in each of 2 replicas, and keep max_connections at 100.");

    [TestMethod]
    public void Headline_OfAScale_SaysHowMuch()
        => StringAssert.EndsWith(
            PlanSummary.Of(ExamplePlan.Create(Verdict.Scale)).Headline,
            "no setting can serve it; the database needs 24 processor cores where it has 8.");

    [TestMethod]
    public void CauseAndSettings_CarryTheNumbers()
    {
        PlanSummary summary = PlanSummary.Of(ExamplePlan.Create());
        StringAssert.Contains(summary.Cause, "multiply the traffic by 5.0 (between 3.1 and 8.2 with 90 % probability; learned from 2 past campaigns of kind email)");
        StringAssert.Contains(summary.Peak, "1,777 averaged over 15 minutes, times a measured burst factor of 1.3");
        CollectionAssert.AreEqual(
            new[]
            {
                "max_connections: 100 → 214 (needs a restart of the database)",
                "pool of web: 100 → 24 per instance (at least 9 kept open), 192 over 8 instances",
            },
            summary.Settings.ToArray());
    }
}
