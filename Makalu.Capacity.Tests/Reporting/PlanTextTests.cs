using Makalu.Capacity.Reporting;

namespace Makalu.Capacity.Tests.Reporting;

[TestClass]
public sealed class PlanTextTests
{
    [TestMethod]
    [DataRow(0.5, "p50")]
    [DataRow(0.9, "p90")]
    [DataRow(0.995, "p99.5")]
    [DataRow(0.9999, "p99.99")]
    [DataRow(0.07, "p7")]
    public void QuantileName_IsTheExactPercentage(double quantile, string expected) => Assert.AreEqual(expected, PlanText.QuantileName(quantile));

    [TestMethod]
    [DataRow("00:15:00", "15 minutes")]
    [DataRow("01:00:00", "1 hour")]
    [DataRow("7.00:00:00", "7 days")]
    [DataRow("00:01:30", "90 seconds")]
    [DataRow("00:00:00.0500000", "50 ms")]
    [DataRow("1.12:00:00", "36 hours")]
    public void Duration_ReadsAsOneSaysIt(string duration, string expected)
        => Assert.AreEqual(expected, PlanText.Duration(TimeSpan.Parse(duration, System.Globalization.CultureInfo.InvariantCulture)));

    [TestMethod]
    public void Significant_KeepsSixDigits()
    {
        Assert.AreEqual(1234570, PlanText.Significant(1234567.8));
        Assert.AreEqual(0.00123457, PlanText.Significant(0.00123456789));
        Assert.AreEqual(0, PlanText.Significant(0));
    }

    [TestMethod]
    public void OneLine_CannotBreakOutOfAComment()
        => Assert.AreEqual("launch  max_connections = 1 x", PlanText.OneLine("launch\r\nmax_connections = 1\u2028x"));
}
