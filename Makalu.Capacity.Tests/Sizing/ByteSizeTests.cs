using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Tests.Sizing;

[TestClass]
public sealed class ByteSizeTests
{
    [TestMethod]
    [DataRow("32GiB", 32L << 30)]
    [DataRow("10.5 MiB", 11_010_048L)]
    [DataRow("512mb", 512_000_000L)]
    [DataRow("7B", 7L)]
    public void TryParse_NumberWithUnit_IsBytes(string text, long expected)
    {
        Assert.IsTrue(ByteSize.TryParse(text, out long bytes));
        Assert.AreEqual(expected, bytes);
    }

    [TestMethod]
    [DataRow(null)]
    [DataRow("")]
    [DataRow("GiB")]
    [DataRow("32")]
    [DataRow("-1GiB")]
    [DataRow("1,5GiB")]
    [DataRow("99999999TiB")]
    public void TryParse_AnythingElse_IsRefused(string? text) => Assert.IsFalse(ByteSize.TryParse(text, out _));

    [TestMethod]
    [DataRow(0L, "0B")]
    [DataRow(1023L, "1023B")]
    [DataRow(34_359_738_368L, "32GiB")]
    [DataRow(10_833_887_232L, "10.1GiB")]
    public void Format_Bytes_UsesTheLargestUnit(long bytes, string expected) => Assert.AreEqual(expected, ByteSize.Format(bytes));
}
