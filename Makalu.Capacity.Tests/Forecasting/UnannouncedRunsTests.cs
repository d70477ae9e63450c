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

    private static List<(int From, int To)> Find(params (int From, int To, double Value)[] parts)
    {
        var residuals = new double[200];
        foreach ((int from, int to, double value) in parts)
            residuals.AsSpan(from, to - from).Fill(value);
        return UnannouncedRuns.Of(residuals, 0.1, StepHours);
    }
}
