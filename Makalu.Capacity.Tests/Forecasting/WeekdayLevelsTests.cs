using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Tests.Forecasting;

[TestClass]
public sealed class WeekdayLevelsTests
{
    private static readonly double[] _levels = [0, 0.02, 0.03, 0, 0.05, -0.2, 0.1];

    [TestMethod]
    public void Learn_FromDaysOnAWanderingLevel_FindsEachWeekday()
    {
        var random = new RandomStream(5);
        double level = 3;
        double[] days = [.. Enumerable.Range(0, 63).Select(day => (level += 0.02 * random.NextNormal()) + _levels[(day + 3) % 7])];
        days[20] = double.NaN;

        double[] learned = WeekdayLevels.Learn(days, firstWeekday: 3);

        Assert.AreEqual(0, learned.Average(), 1e-12);
        for (int k = 0; k < 7; k++)
            Assert.AreEqual(_levels[k], learned[k], 0.025, $"Weekday {k}.");
    }

    [TestMethod]
    public void Learn_WhereWeekdaysDoNotDiffer_IsNearlyNothing()
    {
        int none = 0;
        for (int run = 0; run < 40; run++)
        {
            var random = new RandomStream(run);
            double[] learned = WeekdayLevels.Learn([.. Enumerable.Range(0, 42).Select(_ => 0.1 * random.NextNormal())], firstWeekday: 0);
            none += learned.All(v => v == 0) ? 1 : 0;
            Assert.IsLessThan(0.08, learned.Max(Math.Abs));
        }

        Assert.IsGreaterThan(12, none);
    }

    [TestMethod]
    public void Learn_FromLessThanTwoWeeks_IsNothing()
        => CollectionAssert.AreEqual(new double[7], WeekdayLevels.Learn([.. Enumerable.Range(0, 15).Select(day => _levels[day % 7])], firstWeekday: 0));
}
