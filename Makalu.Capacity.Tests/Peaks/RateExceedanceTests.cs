using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Peaks;

namespace Makalu.Capacity.Tests.Peaks;

[TestClass]
public sealed class RateExceedanceTests
{
    private static readonly DateTimeOffset Start = new(2024, 9, 15, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Twenty paths of four hours: five exceed 100, three of them from hour 1 on for two hours, two in hour 3 alone.</summary>
    private static readonly Forecast Known = new(Start, TimeSpan.FromHours(1), 4, [.. Enumerable.Range(0, 20).SelectMany(p => p switch
    {
        < 3 => new double[] { 10, 150, 120, 10 },
        < 5 => new double[] { 10, 100, 50, 101 },
        _ => new double[] { 10, 90, 99, 100 },
    })]);

    [TestMethod]
    public void Of_KnownPaths_CountsThoseAbove_AndSaysWhen()
    {
        var exceedance = RateExceedance.Of(Known, 100);

        Assert.AreEqual(0.25, exceedance.Probability);
        double[] byStep = [0, 0.15, 0.15, 0.1];
        CollectionAssert.AreEqual(byStep, exceedance.ByStep.ToArray());
        Assert.AreEqual(Start.AddHours(1), exceedance.MostLikelyAt);
        Assert.AreEqual(Start.AddHours(1), exceedance.FirstAtMedian);
        Assert.AreEqual(Start.AddHours(1), exceedance.TenthExceedsBy);
        Assert.AreEqual(TimeSpan.FromHours(0.4), exceedance.MeanDuration);
    }

    [TestMethod]
    public void Of_ARateThatFewPathsReach_HasNoTimeByWhichATenthDoes()
    {
        var exceedance = RateExceedance.Of(new Forecast(Start, TimeSpan.FromHours(1), 2, [.. Enumerable.Range(0, 40).Select(i => i == 3 ? 200.0 : 1)]), 100);

        Assert.AreEqual(0.05, exceedance.Probability);
        Assert.IsNull(exceedance.TenthExceedsBy);
        Assert.AreEqual(Start.AddHours(1), exceedance.FirstAtMedian);
    }

    // Of twenty paths three exceed the rate, one in each hour: the tenth is the second of them, and so is the median.
    [TestMethod]
    public void Of_PathsThatExceedItOneAfterAnother_TellsTheSecondOfThreeAsTenthAndAsMedian()
    {
        var exceedance = RateExceedance.Of(new Forecast(Start, TimeSpan.FromHours(1), 3, [.. Enumerable.Range(0, 20).SelectMany(p => Enumerable.Range(0, 3).Select(h => p == h ? 200.0 : 1))]), 100);

        Assert.AreEqual(Start.AddHours(1), exceedance.TenthExceedsBy);
        Assert.AreEqual(Start.AddHours(1), exceedance.FirstAtMedian);
    }

    [TestMethod]
    public void Of_ARateBeyondAllPaths_HasNoTime()
    {
        var exceedance = RateExceedance.Of(Known, 150);

        Assert.AreEqual(0, exceedance.Probability);
        Assert.IsNull(exceedance.MostLikelyAt);
        Assert.IsNull(exceedance.FirstAtMedian);
        Assert.IsNull(exceedance.TenthExceedsBy);
        Assert.AreEqual(TimeSpan.Zero, exceedance.MeanDuration);
    }

    [TestMethod]
    [DataRow(5.0)]
    [DataRow(99.0)]
    [DataRow(120.0)]
    public void Of_TheHorizon_IsThatOfItsPeak(double rate)
    {
        double expected = PeakFinder.Find(Known, CampaignCalendar.Empty)[0].ExceedanceProbability(rate);

        Assert.AreEqual(expected, RateExceedance.Of(Known, rate).Probability);
    }

    [TestMethod]
    [DataRow(-1.0)]
    [DataRow(double.NaN)]
    [DataRow(double.PositiveInfinity)]
    public void Of_NoRate_Throws(double rate)
        => Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => RateExceedance.Of(Known, rate));
}
