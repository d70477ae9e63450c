using System.Text;
using Makalu.Capacity.Logs;

namespace Makalu.Capacity.Tests.Logs;

[TestClass]
public class BadLogTests
{
    [TestMethod]
    public void Read_WhenTheFormatIsUnknown_ListsTheKnownOnesAndShowsTheFirstLine()
    {
        LogFormatException error = Assert.ThrowsExactly<LogFormatException>(() => LogLines.Read("Sep 15 12:00:00 host sshd[1]: hello " + new string('x', 1000) + "\nmore\n"));
        Assert.AreEqual("access.log", error.FileName);
        foreach (string part in new[] { "Common and Combined", "W3C extended", "JSON lines", "CSV", "'Sep 15 12:00:00 host sshd[1]: hello xxx", "…'" })
        {
            Assert.Contains(part, error.Message);
        }

        Assert.IsLessThan(1000, error.Message.Length);
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("\n\n  \n")]
    public void Read_WhenTheFileIsEmpty_FindsNothing(string text)
        => Assert.AreEqual(0, LogLines.Read(text).Report.Records);

    [TestMethod]
    public void Read_WhenTooManyLinesAreMalformed_ShowsTheFirstTen()
    {
        string text = LogLines.Combined(980) + string.Concat(Enumerable.Range(0, 20).Select(i => $"garbage {i}\n"));
        LogFormatException error = Assert.ThrowsExactly<LogFormatException>(() => LogLines.Read(text));
        Assert.StartsWith("20 of 1000 lines are malformed, more than the 1% allowed.", error.Message);
        Assert.HasCount(10, error.MalformedLines);
        Assert.Contains("access.log, line 990: no time in brackets, such as [10/Oct/2000:13:55:36 -0700]: 'garbage 9'", error.Message);

        Assert.AreEqual(980, LogLines.Read(text, new() { MaxBadLineFraction = 0.02 }).Report.Records);
    }

    [TestMethod]
    public void Read_WhenNothingFitsANamedFormat_GivesUpEarly()
    {
        string text = string.Concat(Enumerable.Repeat("garbage\n", 5_000_000 / 8));
        string message = Assert.ThrowsExactly<LogFormatException>(() => LogLines.Read(text, new() { Format = LogFormat.AccessLog })).Message;
        Assert.Contains("none of the first 131072 lines could be read as AccessLog", message);
    }

    [TestMethod]
    public void Read_WhenALineHasTenMegabytes_CountsItAndReadsOn()
    {
        string long10 = RequestLogReaderTests.Line("/" + new string('x', 10_000_000));
        (List<Request> requests, LogReadReport report) = LogLines.Read(LogLines.Combined(600) + long10 + LogLines.Combined(600));

        Assert.HasCount(1200, requests);
        Assert.AreEqual(1201, report.Lines);
        MalformedLine malformed = report.FirstMalformedLines.Single();
        Assert.AreEqual(601, malformed.Line);
        Assert.Contains($"{long10.Length} bytes long", malformed.Reason);
        Assert.IsLessThan(300, malformed.Excerpt.Length);
    }

    [TestMethod]
    public void Read_WhenALineIsNotUtf8_CountsIt()
    {
        byte[] latin1 = Encoding.Latin1.GetBytes(RequestLogReaderTests.Line("/smørrebrød"));
        byte[] good = Encoding.UTF8.GetBytes(RequestLogReaderTests.Line("/smørrebrød") + LogLines.Combined(200));
        (List<Request> requests, LogReadReport report) = LogLines.Read([.. good, .. latin1, .. good]);

        Assert.HasCount(402, requests);
        Assert.AreEqual("/smørrebrød", requests[0].Route);
        Assert.AreEqual((202L, "not UTF-8"), (report.FirstMalformedLines.Single().Line, report.FirstMalformedLines.Single().Reason));
    }

    [TestMethod]
    public void Read_WhenGzipIsTruncated_NamesFileAndHowFarItCame()
    {
        byte[] packed = LogLines.Gzip(LogLines.Combined(60_000));
        LogFormatException error = Assert.ThrowsExactly<LogFormatException>(() => LogLines.Read(packed[..(packed.Length / 2)]));
        Assert.AreEqual("access.log", error.FileName);
        StringAssert.Matches(error.Message, new(@"^access\.log: the gzip data end early or are damaged: [23]\d{4} lines \(\d+ bytes unpacked\) could be read\."));

        Assert.Contains(": 0 lines", Assert.ThrowsExactly<LogFormatException>(() => LogLines.Read(packed[..12])).Message);
    }

    [TestMethod]
    public void Read_WhenTheFileIsUtf16_SaysSo()
        => Assert.Contains("UTF-16", Assert.ThrowsExactly<LogFormatException>(() => LogLines.Read([.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(LogLines.Combined(3))])).Message);

    [TestMethod]
    public void Read_WhenTheFileIsBinary_ShowsNoControlCharacters()
        => Assert.DoesNotContain("\u0001", Assert.ThrowsExactly<LogFormatException>(() => LogLines.Read([0x7F, (byte)'E', (byte)'L', (byte)'F', 1, 1, 1, 0])).Message);
}
