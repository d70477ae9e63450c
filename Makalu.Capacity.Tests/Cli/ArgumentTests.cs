using Makalu.Capacity.Cli.Arguments;

namespace Makalu.Capacity.Tests.Cli;

[TestClass]
public sealed class ArgumentTests
{
    [TestMethod]
    [DataRow("90s", "00:01:30")]
    [DataRow("5m", "00:05:00")]
    [DataRow("72h", "3.00:00:00")]
    [DataRow("14d", "14.00:00:00")]
    [DataRow("0.5d", "12:00:00")]
    public void Duration_AsTheContractWritesIt_Parses(string text, string expected)
    {
        Assert.IsTrue(DurationArgument.TryParse(text, out TimeSpan duration, out string? error), error);
        Assert.AreEqual(TimeSpan.Parse(expected, System.Globalization.CultureInfo.InvariantCulture), duration);
    }

    [TestMethod]
    [DataRow("0h", "longer than zero")]
    [DataRow("-3d", "longer than zero")]
    [DataRow("5", "is not a duration")]
    [DataRow("", "is not a duration")]
    [DataRow("5w", "is not a duration")]
    [DataRow("1,5h", "is not a duration")]
    [DataRow("h", "is not a duration")]
    [DataRow("99999999d", "ten years")]
    public void Duration_ThatIsNone_SaysWhatIsWrongAndHowToWriteIt(string text, string expected)
    {
        Assert.IsFalse(DurationArgument.TryParse(text, out _, out string? error));
        StringAssert.Contains(error, expected);
        StringAssert.Contains(error, "14d");
    }

    [TestMethod]
    [DataRow("2024-09-15T14:00:00Z", 14)]
    [DataRow("2024-09-15T14:00Z", 14)]
    [DataRow("2024-09-15T16:00:00+02:00", 14)]
    public void Time_WithItsOffset_IsReadAsUtc(string text, int hour)
    {
        Assert.IsTrue(TimeArgument.TryParse(text, out DateTimeOffset time, out string? error), error);
        Assert.AreEqual(new DateTimeOffset(2024, 9, 15, hour, 0, 0, TimeSpan.Zero), time);
        Assert.AreEqual(TimeSpan.Zero, time.Offset);
    }

    [TestMethod]
    [DataRow("2024-09-15T14:00:00")]
    [DataRow("2024-09-15")]
    [DataRow("15/09/2024")]
    [DataRow("tomorrow")]
    public void Time_WithoutAnOffset_IsRefused(string text)
    {
        Assert.IsFalse(TimeArgument.TryParse(text, out _, out string? error));
        StringAssert.Contains(error, "2024-09-15T14:00:00Z");
    }

    [TestMethod]
    public void Quantiles_KeepTheirOrder()
    {
        Assert.IsTrue(QuantilesArgument.TryParse("0.99, 0.5,0.995", out IReadOnlyList<double> quantiles, out _));
        CollectionAssert.AreEqual(new[] { 0.99, 0.5, 0.995 }, quantiles.ToArray());
    }

    [TestMethod]
    [DataRow("0.5,1")]
    [DataRow("0")]
    [DataRow("95")]
    [DataRow("0.5,,0.9")]
    [DataRow("0.5,0.50")]
    [DataRow("NaN")]
    public void Quantiles_ThatAreNone_AreRefused(string text)
        => Assert.IsFalse(QuantilesArgument.TryParse(text, out _, out _));
}
