using System.Text;
using Makalu.Capacity.Campaigns;

namespace Makalu.Capacity.Tests.Campaigns;

[TestClass]
public sealed class ICalendarCalendarTests
{
    [TestMethod]
    public void Read_Event_GivesNameKindTimesAndFeatures()
    {
        Campaign campaign = Read(Event("""
            UID:1
            SUMMARY:Autumn\, launch
            CATEGORIES:email,marketing
            DTSTART;TZID=America/Santiago:20240915T110000
            DTEND;TZID=America/Santiago:20240915T133000
            X-MAKALU-AUDIENCE:180
             000
            X-MAKALU-COST-CENTRE:north
            """)).Campaigns.Single();

        Assert.AreEqual("Autumn, launch", campaign.Name);
        Assert.AreEqual("email", campaign.Kind);
        Assert.AreEqual(new DateTimeOffset(2024, 9, 15, 14, 0, 0, TimeSpan.Zero), campaign.StartsAt);
        Assert.AreEqual(new DateTimeOffset(2024, 9, 15, 16, 30, 0, TimeSpan.Zero), campaign.EndsAt);
        Assert.AreEqual("180000", campaign.Features["audience"]);
        Assert.AreEqual("north", campaign.Features["cost_centre"]);
        Assert.HasCount(2, campaign.Features);
    }

    [TestMethod]
    public void Read_AnEmptyFactor_IsUnknownAsTheMessageOfAWrongOneSays()
        => Assert.IsEmpty(Read(Event("SUMMARY:x\nCATEGORIES:tv\nDTSTART:20240822T030000Z\nDURATION:PT90M\nX-MAKALU-EXPECTED-FACTOR:")).Campaigns.Single().Features);

    [TestMethod]
    public void Read_KindProperty_WinsOverCategories()
        => Assert.AreEqual("incident", Read(Event("SUMMARY:bots\nCATEGORIES:email\nX-MAKALU-KIND:incident\nDTSTART:20240822T030000Z\nDURATION:PT90M")).Incidents.Single().Kind);

    [TestMethod]
    [DataRow("DTSTART:20240822T030000Z\nDURATION:PT90M", "2024-08-22T03:00:00Z", "2024-08-22T04:30:00Z")]
    [DataRow("DTSTART;VALUE=DATE:20240918", "2024-09-18T00:00:00Z", "2024-09-19T00:00:00Z")]
    [DataRow("DTSTART;VALUE=DATE:20240918\nDTEND;VALUE=DATE:20240920", "2024-09-18T00:00:00Z", "2024-09-20T00:00:00Z")]
    [DataRow("DTSTART;TZID=Romance Standard Time:20240701T120000\nDURATION:PT1H", "2024-07-01T10:00:00Z", "2024-07-01T11:00:00Z")]
    public void Read_TimeForms_AreConvertedToUtc(string times, string start, string end)
    {
        Campaign campaign = Read(Event("SUMMARY:x\nCATEGORIES:tv\n" + times)).Campaigns.Single();

        Assert.AreEqual(Utc(start), campaign.StartsAt);
        Assert.AreEqual(Utc(end), campaign.EndsAt);
    }

    [TestMethod]
    public void Read_CalendarTimeZone_IsThatOfFloatingTimesAndWholeDays()
    {
        CampaignCalendar calendar = Read("X-WR-TIMEZONE:America/Santiago\n"
            + Event("SUMMARY:clock\nCATEGORIES:tv\nDTSTART:20240915T110000\nDTEND:20240915T120000")
            + Event("SUMMARY:day\nCATEGORIES:tv\nDTSTART;VALUE=DATE:20240917"));

        Assert.AreEqual(Utc("2024-09-15T14:00:00Z"), calendar.Campaigns[0].StartsAt);
        Assert.AreEqual(Utc("2024-09-17T03:00:00Z"), calendar.Campaigns[1].StartsAt);
        Assert.AreEqual(Utc("2024-09-18T03:00:00Z"), calendar.Campaigns[1].EndsAt);
    }

    [TestMethod]
    public void Read_WeeklyRule_KeepsTheLocalHourAcrossTheClockChange()
    {
        CampaignCalendar calendar = Read(Event("UID:1\nSUMMARY:weekly\nCATEGORIES:email\nDTSTART;TZID=America/Santiago:20240831T110000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=3"));

        CollectionAssert.AreEqual(
            new[] { Utc("2024-08-31T15:00:00Z"), Utc("2024-09-07T15:00:00Z"), Utc("2024-09-14T14:00:00Z") },
            calendar.Campaigns.Select(c => c.StartsAt).ToArray());
    }

    [TestMethod]
    public void Read_ExceptionsAndMovedRepetitions_AreHonoured()
    {
        CampaignCalendar calendar = Read(
            Event("UID:1\nSUMMARY:daily\nCATEGORIES:email\nDTSTART:20240701T080000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=4\nEXDATE:20240703T080000Z")
            + Event("UID:1\nRECURRENCE-ID:20240702T080000Z\nSUMMARY:moved\nCATEGORIES:tv\nDTSTART:20240702T200000Z\nDURATION:PT2H")
            + Event("UID:1\nRECURRENCE-ID:20240704T080000Z\nSUMMARY:off\nCATEGORIES:email\nSTATUS:CANCELLED\nDTSTART:20240704T080000Z\nDURATION:PT1H"));

        CollectionAssert.AreEqual(
            new[] { ("daily", Utc("2024-07-01T08:00:00Z")), ("moved", Utc("2024-07-02T20:00:00Z")) },
            calendar.Campaigns.Select(c => (c.Name, c.StartsAt)).ToArray());
    }

    [TestMethod]
    public void Read_EndlessRule_IsBoundedByTheOptions()
    {
        byte[] content = Calendar(Event("SUMMARY:daily\nCATEGORIES:email\nDTSTART:20200101T080000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY") + Event("SUMMARY:once\nCATEGORIES:tv\nDTSTART:20190101T080000Z\nDURATION:PT1H"));
        var options = new CampaignCalendarReaderOptions { RepetitionsFrom = Utc("2024-09-10T09:00:00Z"), RepetitionsUntil = Utc("2024-09-13T08:00:00Z") };

        CampaignCalendar calendar = CampaignCalendarReader.Read(new MemoryStream(content), "plan.ics", options);

        CollectionAssert.AreEqual(
            new[] { Utc("2019-01-01T08:00:00Z"), Utc("2024-09-11T08:00:00Z"), Utc("2024-09-12T08:00:00Z") },
            calendar.Campaigns.Select(c => c.StartsAt).ToArray());
    }

    [TestMethod]
    public void Read_EndlessRuleWithoutOptions_CoversTwentyYears()
    {
        CampaignCalendar calendar = Read(Event("SUMMARY:Black Friday\nCATEGORIES:sale\nDTSTART;VALUE=DATE:20101126\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4FR"));

        Assert.HasCount(21, calendar.Campaigns);
        Assert.AreEqual(Utc("2030-11-22T00:00:00Z"), calendar.Campaigns[^1].StartsAt);
        Assert.IsTrue(calendar.Campaigns.All(c => c.StartsAt.DayOfWeek == DayOfWeek.Friday));
    }

    [TestMethod]
    [DataRow("SUMMARY:x\nCATEGORIES:tv\nDTSTART:20240915T140000Z\nDTEND:20240915T130000Z", 7, "DTEND", "puts the end not after the start '20240915T140000Z'")]
    [DataRow("SUMMARY:x\nCATEGORIES:tv\nDTSTART:20240915T140000Z\nDURATION:PT0S", 7, "DURATION", "Give an end later than the start")]
    [DataRow("SUMMARY:x\nCATEGORIES:tv\nDTSTART:20240915T140000Z", 3, "DTEND", "the event has no end")]
    [DataRow("SUMMARY:x\nCATEGORIES:tv\nDURATION:PT1H", 3, "DTSTART", "the event has no start")]
    [DataRow("SUMMARY:x\nCATEGORIES:tv\nDTSTART:tomorrow\nDURATION:PT1H", 6, "DTSTART", "'tomorrow' cannot be read")]
    [DataRow("SUMMARY:x\nCATEGORIES:tv\nDTSTART:20240230T000000Z\nDURATION:PT1H", 6, "DTSTART", "'20240230T000000Z' cannot be read")]
    [DataRow("SUMMARY:x\nCATEGORIES:tv\nDTSTART:20240915T140000\nDURATION:PT1H", 6, "DTSTART", "has no time zone. Append Z for UTC")]
    [DataRow("SUMMARY:x\nCATEGORIES:tv\nDTSTART;TZID=Mars/One:20240915T140000\nDURATION:PT1H", 6, "DTSTART", "Unrecognized time zone id Mars/One")]
    [DataRow("SUMMARY:x\nCATEGORIES:tv\nDTSTART:20240915T140000Z\nDURATION:an hour", 7, "DURATION", "'an hour' cannot be read")]
    [DataRow("SUMMARY:x\nCATEGORIES:tv\nDTSTART:20240915T140000Z\nDURATION:PT1H\nRRULE:FREQ=SOMETIMES", 8, "RRULE", "'FREQ=SOMETIMES' cannot be read")]
    [DataRow("SUMMARY:x\nCATEGORIES:tv\nDTSTART:20240915T140000Z\nDURATION:PT1S\nRRULE:FREQ=SECONDLY", 8, "RRULE", "gives more than 10000 repetitions")]
    [DataRow("CATEGORIES:tv\nDTSTART:20240915T140000Z\nDURATION:PT1H", 3, "SUMMARY", "the event has no name")]
    [DataRow("SUMMARY:x\nDTSTART:20240915T140000Z\nDURATION:PT1H", 3, "CATEGORIES", "the event has no kind")]
    public void Read_BadEvent_NamesLineAndProperty(string properties, int line, string field, string expected)
    {
        CalendarFormatException exception = Error(Event(properties));

        CalendarFormatError error = exception.Errors.Single();
        Assert.AreEqual((line, field), (error.Line, error.Field));
        StringAssert.Contains(exception.Message, expected);
    }

    [TestMethod]
    public void Read_RuleThatMatchesNoDate_EndsWithAnError()
        => Assert.AreEqual(8, Error(Event("SUMMARY:x\nCATEGORIES:tv\nDTSTART:20240915T140000Z\nDURATION:PT1H\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30")).Errors.Single().Line);

    [TestMethod]
    public void Read_ErrorsOfSeveralEvents_AreToldTogether()
    {
        CalendarFormatException error = Error(Event("SUMMARY:x\nDTSTART:1\nDTEND:2") + Event("SUMMARY:y\nCATEGORIES:tv\nDTSTART:20240915T140000Z\nDURATION:-PT1H"));

        CollectionAssert.AreEqual(new[] { 5, 6, 12 }, error.Errors.Select(e => e.Line).ToArray());
    }

    [TestMethod]
    [DataRow("BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:x\n", "line 2: 'BEGIN:VEVENT' is never closed")]
    [DataRow("BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR\n", "line 3: 'END:VCALENDAR' does not close 'BEGIN:VEVENT' of line 2")]
    [DataRow("name,kind,starts_at,ends_at\n", "line 1: 'name,kind,starts_at,ends_at' stands outside a calendar")]
    [DataRow("BEGIN:VCALENDAR\nX-WR-TIMEZONE:Mars/One\nEND:VCALENDAR\n", "line 2, field 'X-WR-TIMEZONE': 'Mars/One' is no known time zone")]
    public void Read_BrokenFile_TellsWhere(string text, string expected)
        => StringAssert.Contains(Assert.ThrowsExactly<CalendarFormatException>(() => CampaignCalendarReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), "plan.ics")).Message, expected);

    [TestMethod]
    public void Read_NoEvents_IsAnEmptyCalendar()
        => Assert.IsEmpty(Read("").Campaigns);

    [TestMethod]
    public void Read_AlarmWithinAnEvent_DoesNotCount()
        => Assert.AreEqual(TimeSpan.FromHours(1), Read(Event("SUMMARY:x\nCATEGORIES:tv\nBEGIN:VALARM\nACTION:DISPLAY\nTRIGGER:-PT15M\nDURATION:PT5M\nREPEAT:2\nEND:VALARM\nDTSTART:20240915T140000Z\nDURATION:PT1H")).Campaigns.Single().Duration);

    private static string Event(string properties) => $"BEGIN:VEVENT\n{properties}\nEND:VEVENT\n";

    private static byte[] Calendar(string body) => Encoding.UTF8.GetBytes($"BEGIN:VCALENDAR\nVERSION:2.0\n{body}END:VCALENDAR\n");

    private static CampaignCalendar Read(string body) => CampaignCalendarReader.Read(new MemoryStream(Calendar(body)), "exported");

    private static CalendarFormatException Error(string body) => Assert.ThrowsExactly<CalendarFormatException>(() => Read(body));

    private static DateTimeOffset Utc(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
