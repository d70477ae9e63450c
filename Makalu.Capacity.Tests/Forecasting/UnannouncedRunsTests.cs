using Makalu.Capacity.Forecasting;

namespace Makalu.Capacity.Tests.Forecasting;

[TestClass]
public sealed class UnannouncedRunsTests
{
    private const double StepHours = 0.25;

    [TestMethod]
    public void Of_ASpikeWithItsFlanks_IsOneRun()
        => Assert.AreSequenceEqual([(99, 106)], Find((99, 100, 0.25), (100, 105, 0.8), (105, 106, 0.25)));

    [TestMethod]
    public void Of_ADropAndARiseSideBySide_IsAChangeOfTheLevelAndNone()
        => Assert.IsEmpty(Find((100, 112, -0.5), (112, 124, 0.5)));

    [TestMethod]
    public void Of_ASingleStep_IsNone() => Assert.IsEmpty(Find((100, 101, 2)));

    [TestMethod]
    public void Of_MoreThanHalfADay_IsNone()
    {
        Assert.AreSequenceEqual([(100, 148)], Find((100, 148, 0.5)));
        Assert.IsEmpty(Find((100, 149, 0.5)));
    }

    [TestMethod]
    public void Of_WhatLastsUntilTheEnd_IsNone()
    {
        Assert.AreSequenceEqual([(190, 196)], Find((190, 196, 0.5)));
        Assert.IsEmpty(Find((190, 197, 0.5)));
    }

    [TestMethod]
    public void Of_TheSameTimeOfDayAgainAndAgain_IsANewShapeOfTheDayAndNone()
    {
        (int, int, double)[] mornings = [(36, 44, 0.6), (132, 141, 0.5), (229, 239, 0.7)];
        Assert.IsEmpty(Find(mornings));
        Assert.HasCount(2, Find(mornings[..2]));
        Assert.HasCount(3, Find([.. mornings[..2], (180, 188, 0.6)]));
        Assert.HasCount(4, Find([.. mornings[..2], (324, 332, -0.6), (440, 448, 0.7)]));
        Assert.AreSequenceEqual([(440, 448)], Find([.. mornings, (440, 448, 0.7)]));
    }

    [TestMethod]
    public void Of_TheSameTimeOfDayInOtherWeeks_AreSpikes()
        => Assert.HasCount(3, Find((36, 44, 0.6), (36 + (5 * 96), 44 + (5 * 96), 0.6), (36 + (10 * 96), 44 + (10 * 96), 0.6)));

    private static List<(int From, int To)> Find(params (int From, int To, double Value)[] parts)
    {
        int last = parts.Max(part => part.To);
        var residuals = new double[last > 200 ? last + 100 : 200];
        foreach ((int from, int to, double value) in parts)
            residuals.AsSpan(from, to - from).Fill(value);
        return UnannouncedRuns.Of(residuals, 0.1, StepHours);
    }
}
