using Makalu.Capacity.Forecasting.Candidates;
using Makalu.Capacity.Forecasting.Pool;

namespace Makalu.Capacity.Tests.Forecasting.Pool;

[TestClass]
public class RollingOriginsTests
{
    [TestMethod]
    [DataRow(1)]
    [DataRow(12)]
    [DataRow(24)]
    [DataRow(36)]
    [DataRow(72)]
    public void Choose_WithWeeksOfHistory_JudgesTheSameTimeOfDayAsTheForecasts(int horizon)
    {
        const int Count = (24 * 40) + 7;

        RollingOrigins origins = RollingOrigins.Choose(Count, horizon, new SeasonLengths(24, 168));

        Assert.AreEqual(horizon, origins.Horizon);
        Assert.HasCount(14, origins.Counts);
        foreach (int count in origins.Counts)
        {
            Assert.AreEqual(Count % 24, count % 24);
            Assert.IsLessThanOrEqualTo(Count, count + horizon);
        }
    }
}
