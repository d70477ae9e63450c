using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Series;
using Makalu.Capacity.Tests.Service;

namespace Makalu.Capacity.Tests;

[TestClass]
public sealed class ForecastFindingsTests
{
    [TestMethod]
    public void Findings_WriteThousandsWithASeparator()
    {
        var start = new DateTimeOffset(2024, 5, 6, 0, 0, 0, TimeSpan.Zero);
        double[] requests = [.. Enumerable.Range(0, 28 * 288).Select(i => i is >= 3000 and < 4200 ? double.NaN : 300 * (1000 + (100 * (i % 2))))];
        var history = new RequestHistory
        {
            Requests = new TimeSeries(start, TimeSpan.FromMinutes(5), requests),
            Quality = new SeriesQuality { Gaps = 1, MissingSteps = 1200, LongestGap = TimeSpan.FromMinutes(6000), Duplicates = 3297, OutOfOrder = 12345, OffGrid = 7 },
        };

        CapacityPlan plan = new CapacityPlanner(new CapacityPlannerOptions { Horizon = TimeSpan.FromHours(6), Model = "seasonal-naive", Paths = 100 }).Recommend(history, CampaignCalendar.Empty, ExampleShop.System);

        StringAssert.Contains(plan.Findings.Single(f => f.Code == "history-irregular").Message, "3,297 duplicate timestamps (added up), 12,345 rows out of order (sorted), and 7 rows");
        StringAssert.Contains(plan.Findings.Single(f => f.Code == "history-gaps").Message, "lacks 1,200 steps");
        Assert.IsTrue(plan.Assumptions.Any(a => a.Contains("from 6,864 known steps", StringComparison.Ordinal)), string.Join('\n', plan.Assumptions));
    }
}
