using System.Globalization;
using System.Text;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Tests.Series;

[TestClass]
public class SeriesFileErrorTests
{
    private const string Header = "timestamp,requests,peak_rps\n";
    private const string Row = "2024-09-09T00:00:00Z,1,1\n";

    [TestMethod]
    [DataRow("-5")]
    [DataRow("NaN")]
    [DataRow("Infinity")]
    [DataRow("1e999")]
    [DataRow("many")]
    [DataRow("")]
    [DataRow("\"1,5\"")]
    public void Read_WhenRequestsAreNoCount_NamesFileLineFieldAndRemedy(string value)
    {
        SeriesFormatException error = Fails(Header + Row + $"2024-09-09T00:01:00Z,{value},1\n");

        Assert.AreEqual("requests.csv", error.FileName);
        Assert.AreEqual(3, error.Line);
        Assert.AreEqual("requests", error.Field);
        Assert.AreEqual(
            $"requests.csv, line 3, field 'requests': '{value.Trim('"')}' is not a finite number of at least 0. Correct it, or leave the row out: a bucket without a row counts as unknown.",
            error.Message);
    }

    [TestMethod]
    public void Read_WhenPeakIsNegative_NamesTheField()
        => Assert.AreEqual("peak_rps", Fails(Header + "2024-09-09T00:00:00Z,1,-1\n").Field);

    [TestMethod]
    [DataRow("09/10/2024 00:00")]
    [DataRow("2024-02-30T00:00:00Z")]
    [DataRow("1726000000")]
    [DataRow("")]
    public void Read_WhenTimestampIsNoIsoTime_IsAnError(string value)
    {
        SeriesFormatException error = Fails(Header + $"{value},1,1\n");
        Assert.AreEqual("timestamp", error.Field);
        Assert.Contains("ISO 8601", error.Message);
    }

    [TestMethod]
    public void Read_WhenLinesAreBlankOrQuotedOverSeveral_StillNamesTheRightLine()
        => Assert.AreEqual(6, Fails("timestamp,requests,note\n\n2024-09-09T00:00:00Z,1,\"two\nlines\"\n\n2024-09-09T00:01:00Z,x,\n").Line);

    [TestMethod]
    public void Read_WhenFileIsEmpty_SaysSo() => Assert.Contains("the file is empty", Fails("").Message);

    [TestMethod]
    public void Read_WhenHeaderOnly_SaysSo() => Assert.Contains("no rows", Fails(Header).Message);

    [TestMethod]
    public void Read_WhenOneRow_AsksForMore() => Assert.Contains("at least two buckets", Fails(Header + Row).Message);

    [TestMethod]
    public void Read_WhenOneColumnCouldBeTheRequests_SuggestsTheMapping()
    {
        string message = Fails("timestamp,value,host\n2024-09-09T00:00:00Z,1,a\n").Message;
        Assert.Contains("no column 'requests'; the header has 'timestamp', 'value', 'host'", message);
        Assert.Contains("RequestsColumn = \"value\"", message);
    }

    [TestMethod]
    public void Read_WhenSeveralColumnsCouldBeTheRequests_DoesNotGuess()
    {
        string message = Fails("timestamp,a,b\n2024-09-09T00:00:00Z,1,2\n").Message;
        Assert.Contains("map it with RequestsColumn.", message);
    }

    [TestMethod]
    public void Read_WhenTheTimeColumnHasAnotherName_SuggestsTheMapping()
        => Assert.Contains("TimestampColumn = \"when\"", Fails("when,requests\n2024-09-09T00:00:00Z,1\n").Message);

    [TestMethod]
    public void Read_WhenSemicolonsSeparate_SaysSo()
        => Assert.Contains("separated by commas", Fails("timestamp;requests\n2024-09-09T00:00:00Z;1\n").Message);

    [TestMethod]
    public void Read_WhenAColumnStandsTwice_IsAnError()
        => Assert.Contains("twice", Fails("timestamp,requests,Requests\n2024-09-09T00:00:00Z,1,2\n").Message);

    [TestMethod]
    public void Read_WhenARowIsShort_NamesTheMissingField()
    {
        SeriesFormatException error = Fails(Header + Row + "2024-09-09T00:01:00Z\n");
        Assert.AreEqual("requests", error.Field);
        Assert.AreEqual(3, error.Line);
    }

    [TestMethod]
    public void Read_WhenAQuoteIsNeverClosed_DoesNotSwallowTheRest()
        => Assert.AreEqual(3, Fails("timestamp,requests,note\n2024-09-09T00:00:00Z,1,\n2024-09-09T00:01:00Z,2,\"oops\n2024-09-09T00:02:00Z,3,\n").Line);

    [TestMethod]
    public void Read_WhenAYearIsMistyped_NamesBothLinesInsteadOfFillingMemory()
    {
        SeriesFormatException error = Fails(Header + "0204-09-09T00:00:00Z,1,1\n2024-09-09T00:00:00Z,1,1\n2024-09-09T00:01:00Z,1,1\n");
        Assert.AreEqual(2, error.Line);
        Assert.Contains("line 4", error.Message);
        Assert.Contains("mistyped", error.Message);
    }

    [TestMethod]
    public void Read_WhenANameIsNotUtf8_SaysSo()
    {
        byte[] latin1 = Encoding.Latin1.GetBytes("timestamp,requests,series\n2024-09-09T00:00:00Z,1,København\n");
        using var stream = new MemoryStream(latin1);
        SeriesFormatException error = Assert.ThrowsExactly<SeriesFormatException>(() => SeriesFile.Read(stream, "requests.csv"));
        Assert.AreEqual(2, error.Line);
        Assert.Contains("is not UTF-8", error.Message);
    }

    [TestMethod]
    public void Read_WhenGzipIsTruncated_NamesFileAndHowFarItCame()
    {
        var text = new StringBuilder("timestamp,requests\n");
        for (int i = 0; i < 20_000; i++)
        {
            text.Append(new DateTimeOffset(2024, 9, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(i).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)).Append(',').Append(i * 7919L % 1000).Append('\n');
        }

        using var packed = new MemoryStream();
        SeriesFileTests.Gzip(packed, text.ToString());
        using var truncated = new MemoryStream(packed.ToArray(), 0, (int)packed.Length / 2);

        SeriesFormatException error = Assert.ThrowsExactly<SeriesFormatException>(() => SeriesFile.Read(truncated, "requests.csv.gz"));

        Assert.StartsWith("requests.csv.gz, line ", error.Message);
        Assert.IsGreaterThan(1000, error.Line);
        Assert.Contains("gzip", error.Message);
    }

    [TestMethod]
    public void Read_WhenALineHasTenMegabytes_ReadsAroundIt()
    {
        string note = new('x', 10_000_000);
        Assert.AreEqual(2, SeriesFileTests.Single($"timestamp,requests,note\n2024-09-09T00:00:00Z,1,{note}\n2024-09-09T00:01:00Z,2,\n").Requests.Count);

        string message = Fails($"timestamp,requests\n2024-09-09T00:00:00Z,{note}\n").Message;
        Assert.IsLessThan(500, message.Length);
        Assert.Contains("10000000 characters", message);
    }

    [TestMethod]
    public void Read_WhenFileIsBinary_SaysThatColumnsAreMissing()
        => Assert.Contains("no column 'timestamp'", Fails("\0\u0001\u0002PNG").Message);

    [TestMethod]
    public void Read_WhenFileIsADirectory_SaysSo()
        => Assert.Contains("is a directory", Assert.ThrowsExactly<IOException>(() => SeriesFile.Read(Path.GetTempPath())).Message);

    private static SeriesFormatException Fails(string csv)
        => Assert.ThrowsExactly<SeriesFormatException>(() => SeriesFileTests.Read(csv));
}
