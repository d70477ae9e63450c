using System.IO.Compression;
using System.Text;
using Makalu.Capacity.Campaigns;

namespace Makalu.Capacity.Tests.Campaigns;

[TestClass]
public sealed class CsvCalendarTests
{
    [TestMethod]
    public void Read_ColumnsInAnyOrder_GivesEntriesByStart()
    {
        CampaignCalendar calendar = Read(""""
            audience,ends_at,kind,name,starts_at,channel
            120000,2024-09-15T16:30:00Z,email,autumn-launch,2024-09-15T14:00:00Z,newsletter
            ,2024-08-02T10:00:00+02:00,tv,"summer, ""late""",2024-08-02T09:00:00+02:00,
            """");

        Assert.HasCount(2, calendar.Campaigns);
        Campaign first = calendar.Campaigns[0];
        Assert.AreEqual("summer, \"late\"", first.Name);
        Assert.AreEqual(new DateTimeOffset(2024, 8, 2, 7, 0, 0, TimeSpan.Zero), first.StartsAt);
        Assert.AreEqual(TimeSpan.Zero, first.StartsAt.Offset);
        Assert.IsEmpty(first.Features);
        Campaign launch = calendar.Campaigns[1];
        Assert.AreEqual("autumn-launch", launch.Name);
        Assert.AreEqual("email", launch.Kind);
        Assert.AreEqual(TimeSpan.FromMinutes(150), launch.Duration);
        Assert.AreEqual("120000", launch.Features["audience"]);
        CollectionAssert.AreEqual(new[] { "audience" }, calendar.NumericFeatures.ToArray());
        CollectionAssert.AreEqual(new[] { "channel" }, calendar.CategoricalFeatures.ToArray());
    }

    [TestMethod]
    public void Read_Incident_IsKeptApart()
    {
        CampaignCalendar calendar = Read("name,kind,starts_at,ends_at\nbots,incident,2024-08-22T03:00:00Z,2024-08-22T04:00:00Z\n");

        Assert.IsEmpty(calendar.Campaigns);
        Assert.AreEqual("bots", calendar.Incidents.Single().Name);
    }

    [TestMethod]
    [DataRow("2024-09-15", "2024-09-16", "2024-09-15T00:00:00Z", "2024-09-16T00:00:00Z")]
    [DataRow("2024-09-15T14:00Z", "2024-09-15 16:30:15.5", "2024-09-15T14:00:00Z", "2024-09-15T16:30:15.5Z")]
    [DataRow("2024-09-15T11:00:00-03:00", "20240915T163000Z", "2024-09-15T14:00:00Z", "2024-09-15T16:30:00Z")]
    public void Read_TimeForms_AreUtcUnlessAnOffsetIsGiven(string start, string end, string expectedStart, string expectedEnd)
    {
        Campaign campaign = Read($"name,kind,starts_at,ends_at\nx,email,{start},{end}\n").Campaigns.Single();

        Assert.AreEqual(Utc(expectedStart), campaign.StartsAt);
        Assert.AreEqual(Utc(expectedEnd), campaign.EndsAt);
    }

    [TestMethod]
    public void Read_SameNameTwice_KeepsBoth()
        => Assert.HasCount(2, Read("name,kind,starts_at,ends_at\nA-B,match,2024-01-01,2024-01-02\nA-B,match,2024-01-08,2024-01-09\n").Campaigns);

    [TestMethod]
    public void Read_HeaderOnly_IsAnEmptyCalendar()
        => Assert.IsEmpty(Read("name,kind,starts_at,ends_at\n").Campaigns);

    [TestMethod]
    [DataRow("")]
    [DataRow(" \n\n")]
    public void Read_EmptyFile_SaysSo(string text)
        => StringAssert.Contains(Error(text).Message, "plan.csv: the file is empty. A calendar without entries still has its header");

    [TestMethod]
    public void Read_EndBeforeStart_NamesFileLineFieldAndRemedy()
    {
        CalendarFormatException error = Error("name,kind,starts_at,ends_at\nok,email,2024-01-01,2024-01-02\nback,email,2024-09-15T16:30:00Z,2024-09-15T14:00:00Z\n");

        Assert.AreEqual("plan.csv", error.FileName);
        Assert.AreEqual(
            "plan.csv, line 3, field 'ends_at': '2024-09-15T14:00:00Z' is not after starts_at '2024-09-15T16:30:00Z'. Give an end later than the start; the end is exclusive, so that a whole day ends at the next day's date.",
            error.Message);
    }

    [TestMethod]
    public void Read_SeveralErrors_AreToldTogetherWithTheirLines()
    {
        CalendarFormatException error = Error("name,kind,starts_at,ends_at,audience\n,email,yesterday,2024-01-02,1\na,b,2024-01-01\n\nc,,2024-01-01,2024-02-30,\n\"d\ne\",email,2024-01-02,2024-01-01,\n");

        CollectionAssert.AreEqual(
            new[] { (2, "name"), (2, "starts_at"), (3, null), (5, "kind"), (5, "ends_at"), (6, "ends_at") },
            error.Errors.Select(e => (e.Line, e.Field)).ToArray());
        StringAssert.Contains(error.Message, "plan.csv: 6 errors:\n  line 2, field 'name': ");
        StringAssert.Contains(error.Message, "'yesterday' is not an ISO 8601 time. Write it as 2024-09-15T14:00:00Z.");
        StringAssert.Contains(error.Message, "the row has 3 fields where the header has 5.");
    }

    [TestMethod]
    public void Read_ManyErrors_ShowsTenAndCountsTheRest()
    {
        string rows = string.Concat(Enumerable.Repeat("x,email,2024-01-02,2024-01-01\n", 25));
        CalendarFormatException error = Error("name,kind,starts_at,ends_at\n" + rows);

        Assert.HasCount(25, error.Errors);
        Assert.HasCount(12, error.Message.Split('\n'));
        StringAssert.EndsWith(error.Message, "and 15 more");
    }

    [TestMethod]
    [DataRow("name,kind,starts_at\n", "lacks ends_at")]
    [DataRow("name;kind;starts_at;ends_at\n", "separated by commas")]
    [DataRow("name,kind,starts_at,ends_at,audience,audience\n", "field 'audience': the column is there more than once")]
    [DataRow("name,kind,starts_at,ends_at,\nx,email,2024-01-01,2024-01-02,7\n", "line 2: field 5, '7', belongs to a column without a name")]
    [DataRow("name,kind,starts_at,ends_at\nx,\"email,2024-01-01,2024-01-02\ny,email,2024-01-01,2024-01-02\n", "line 2")]
    public void Read_BadTable_TellsTheRule(string text, string expected)
        => StringAssert.Contains(Error(text).Message, expected);

    [TestMethod]
    public void Read_TrailingEmptyColumn_IsIgnored()
        => Assert.IsEmpty(Read("name,kind,starts_at,ends_at,\nx,email,2024-01-01,2024-01-02,\n").Campaigns.Single().Features);

    [TestMethod]
    public void Read_Gzip_IsToldByContent()
    {
        byte[] packed = Gzip("name,kind,starts_at,ends_at\nx,email,2024-01-01,2024-01-02\n");

        Assert.AreEqual("x", Read(packed).Campaigns.Single().Name);
    }

    [TestMethod]
    public void Read_GzipCutAnywhere_IsAnError()
    {
        byte[] packed = Gzip("name,kind,starts_at,ends_at\n" + string.Concat(Enumerable.Range(0, 200).Select(i => FormattableString.Invariant($"campaign {i * i},email,2024-01-01,2024-01-02\n"))));

        for (int length = 2; length < packed.Length; length++)
        {
            CalendarFormatException error = Assert.ThrowsExactly<CalendarFormatException>(() => Read(packed[..length]));
            StringAssert.Contains(error.Message, "Copy or export the file again.");
        }
    }

    [TestMethod]
    public void Read_LineThatIsNotUtf8_NamesTheLine()
    {
        byte[] text = [.. "name,kind,starts_at,ends_at\nnovo s"u8, 0xE6, .. "t,email,2024-01-01,2024-01-02\n"u8];

        CalendarFormatException error = Assert.ThrowsExactly<CalendarFormatException>(() => Read(text));

        Assert.AreEqual("plan.csv, line 2: the line is not UTF-8. Save the file as UTF-8.", error.Message);
    }

    [TestMethod]
    public void Read_ByteOrderMark_IsSkipped()
        => Assert.HasCount(1, Read([0xEF, 0xBB, 0xBF, .. "name,kind,starts_at,ends_at\nx,email,2024-01-01,2024-01-02\n"u8]).Campaigns);

    [TestMethod]
    public void Read_TenMegabyteField_IsNotRepeatedInTheMessage()
    {
        CalendarFormatException error = Error("name,kind,starts_at,ends_at\nx,email," + new string('9', 10_000_000) + ",2024-01-02\n");

        Assert.IsLessThan(400, error.Message.Length);
        StringAssert.Contains(error.Message, "line 2, field 'starts_at'");
    }

    [TestMethod]
    public void Read_File_NamesItInErrors()
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".csv");
        File.WriteAllText(path, "name,kind\n");
        try
        {
            StringAssert.StartsWith(Assert.ThrowsExactly<CalendarFormatException>(() => CampaignCalendarReader.Read(path)).Message, path + ", line 1: ");
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static CampaignCalendar Read(string text) => Read(Encoding.UTF8.GetBytes(text));

    private static CampaignCalendar Read(byte[] content) => CampaignCalendarReader.Read(new MemoryStream(content), "plan.csv");

    private static CalendarFormatException Error(string text) => Assert.ThrowsExactly<CalendarFormatException>(() => Read(text));

    private static DateTimeOffset Utc(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static byte[] Gzip(string text)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return packed.ToArray();
    }
}
