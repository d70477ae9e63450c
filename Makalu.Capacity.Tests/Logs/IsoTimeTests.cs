using System.Globalization;
using System.Text;
using CsCheck;
using Makalu.Capacity.Logs;

namespace Makalu.Capacity.Tests.Logs;

[TestClass]
public class IsoTimeTests
{
    [TestMethod]
    [DataRow("yyyy-MM-dd'T'HH:mm:ss.fffffffzzz")]
    [DataRow("yyyy-MM-dd HH:mm:ss.fffffffzzz")]
    [DataRow("yyyy-MM-dd'T'HH:mm:ss,fffffff zzz")]
    public void TryParse_GivesTheTimeThatWasWritten(string format)
        => Gen.Select(Gen.DateTimeOffset, Gen.Int[-13 * 60, 13 * 60]).Where((time, _) => time.Year is > 1 and < 9999).Sample((time, offsetMinutes) =>
        {
            string text = time.ToOffset(TimeSpan.FromMinutes(offsetMinutes)).ToString(format, CultureInfo.InvariantCulture);
            Assert.IsTrue(IsoTime.TryParse(Encoding.UTF8.GetBytes(text), out long ticks, out bool hasOffset, out int length), text);
            Assert.AreEqual((time.UtcTicks, true, text.Length), (ticks, hasOffset, length), text);
        });

    [TestMethod]
    [DataRow("2024-09-15", 0L, 10)]
    [DataRow("2024-09-15T12:34", 754L * 60, 16)]
    [DataRow("2024-09-15 12:34:56", (754L * 60) + 56, 19)]
    [DataRow("2024-09-15 rest", 0L, 10)]
    [DataRow("2024-09-15 12:34:56 - next", (754L * 60) + 56, 19)]
    public void TryParse_WhenThereIsNoOffset_GivesTheLocalTime(string text, long secondOfDay, int expectedLength)
    {
        Assert.IsTrue(IsoTime.TryParse(Encoding.UTF8.GetBytes(text), out long ticks, out bool hasOffset, out int length));
        Assert.AreEqual(new DateTime(2024, 9, 15).AddSeconds(secondOfDay).Ticks, ticks);
        Assert.AreEqual((false, expectedLength), (hasOffset, length));
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("2024-9-15T12:00:00Z")]
    [DataRow("2023-02-29T12:00:00Z")]
    [DataRow("2024-09-15T24:00:00Z")]
    [DataRow("2024-09-15T12:60:00Z")]
    [DataRow("2024-09-15T12:00:61Z")]
    [DataRow("2024-09-15T12:00:00+25:00")]
    [DataRow("2024-09-15T12:00:00+2")]
    [DataRow("2024-09-15T1x:00:00Z")]
    [DataRow("2024-09-15T")]
    [DataRow("0000-01-01")]
    public void TryParse_RefusesWhatIsNoTime(string text)
        => Assert.IsFalse(IsoTime.TryParse(Encoding.UTF8.GetBytes(text), out _, out _, out _));

    [TestMethod]
    public void TryParse_OfAnyBytes_NeverThrows()
        => Gen.Select(Gen.Byte.Array[0, 40], Gen.Char["0123456789-:T.+ Z/"].Array[0, 30]).Sample((bytes, chars) =>
        {
            var accessLogTime = new AccessLogTime();
            foreach (byte[] text in new[] { bytes, Encoding.ASCII.GetBytes(chars), [.. "2024-09-15T12:00:00"u8, .. bytes], [.. "15/Sep/2024:12:00:00 "u8, .. bytes] })
            {
                Assert.IsTrue(!IsoTime.TryParse(text, out _, out _, out int length) || length <= text.Length);
                Assert.IsTrue(!accessLogTime.TryParse(text, out _, out length) || length <= text.Length);
                Assert.IsTrue(!new FieldTime(TimeZoneInfo.Utc).TryParse(text, out long ticks) || ticks >= 0);
            }
        });
}
