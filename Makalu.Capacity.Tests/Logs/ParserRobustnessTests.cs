using System.Text;
using CsCheck;
using Makalu.Capacity.Logs;

namespace Makalu.Capacity.Tests.Logs;

[TestClass]
public class ParserRobustnessTests
{
    private static readonly string[] GoodLines =
    [
        "10.0.0.1 - - [15/Sep/2024:14:00:00 +0000] \"GET /a?b HTTP/1.1\" 200 1 \"-\" \"agent\" 0.010",
        "2024-09-15 14:00:00 /a 200 12",
        """{"time":"2024-09-15T14:00:00Z","request":{"uri":"/a"},"status":200,"duration":0.5}""",
    ];

    [TestMethod]
    public void Parse_OfDamagedLines_NeverThrows()
        => Gen.Select(Gen.Int[0, 2], Gen.Int[0, 200], Gen.Int[0, 200], Gen.Byte.Array[0, 4]).Sample((which, cut, place, insert) =>
        {
            LineParser[] parsers = Parsers();
            byte[] line = Encoding.UTF8.GetBytes(GoodLines[which]);
            byte[] shortened = line[..Math.Min(cut, line.Length)];
            byte[] damaged = [.. line[..Math.Min(place, line.Length)], .. insert, .. line[Math.Min(place, line.Length)..]];
            foreach (byte[] text in new[] { shortened, damaged })
            {
                if (text.Length > 0)
                {
                    LineOutcome outcome = parsers[which].Parse(text, out RequestRecord record, out string? fault);
                    Assert.AreEqual(outcome == LineOutcome.Malformed, fault is not null);
                    Assert.IsTrue(record.Status is >= 0 and <= 999 && record.UtcTicks >= 0);
                }
            }
        });

    [TestMethod]
    public void Parse_OfGoodLines_TakesEachFormat()
    {
        LineParser[] parsers = Parsers();
        for (int i = 0; i < GoodLines.Length; i++)
        {
            Assert.AreEqual(LineOutcome.Record, parsers[i].Parse(Encoding.UTF8.GetBytes(GoodLines[i]), out RequestRecord record, out _));
            Assert.AreEqual(new DateTimeOffset(2024, 9, 15, 14, 0, 0, TimeSpan.Zero), record.Time);
            Assert.AreEqual("/a", Encoding.UTF8.GetString(record.Route));
            Assert.AreEqual(200, record.Status);
        }
    }

    private static LineParser[] Parsers()
    {
        var w3c = new W3CExtendedParser(DurationUnit.Auto);
        w3c.Begin(w3c.After(null, "#Fields: date time cs-uri-stem sc-status time-taken\n"u8));
        return
        [
            new AccessLogParser(DurationUnit.Auto, DurationUnit.Microseconds),
            w3c,
            new JsonLinesParser(new FieldLayout("time", "request.uri", "status", "duration", DurationUnit.Auto), TimeZoneInfo.Utc),
        ];
    }
}
