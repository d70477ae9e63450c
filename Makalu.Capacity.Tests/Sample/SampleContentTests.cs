using System.Globalization;
using System.Text;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Cli.Sample;
using Makalu.Capacity.Series;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Tests.Sample;

[TestClass]
public sealed class SampleContentTests
{
    private static readonly DateTimeOffset LaunchStart = new(2024, 9, 15, 14, 0, 0, TimeSpan.Zero);

    [TestMethod]
    public void History_IsTenWeeksOfMinutesUpToTheMidnightBeforeTheLaunch()
    {
        RequestHistory history = GeneratedSample.History;

        Assert.AreEqual(TimeSpan.FromMinutes(1), history.Requests.Step);
        Assert.AreEqual(70 * 24 * 60, history.Requests.Count);
        Assert.AreEqual(new DateTimeOffset(2024, 9, 15, 0, 0, 0, TimeSpan.Zero), history.Requests.End);
        Assert.IsNotNull(history.PeakRequestsPerSecond);
        Assert.AreEqual(SeriesQuality.Clean with { Gaps = 2, MissingSteps = 155 + 45, LongestGap = TimeSpan.FromMinutes(155) }, history.Quality);
        Assert.AreEqual(200, history.Requests.MissingCount);
    }

    [TestMethod]
    public void Calendar_HasFivePastCampaignsOfThreeKindsAnIncidentAndTheLaunch()
    {
        CampaignCalendar calendar = GeneratedSample.Calendar;

        Campaign[] past = [.. calendar.Campaigns.Where(c => c.EndsAt <= GeneratedSample.History.Requests.End)];
        Assert.HasCount(5, past);
        CollectionAssert.AreEquivalent(new[] { "email", "influencer", "tv" }, past.Select(c => c.Kind).Distinct().ToArray());
        Assert.AreEqual("bot-attack", calendar.Incidents.Single().Name);
        Campaign launch = calendar.Campaigns.Except(past).Single();
        Assert.AreEqual(("autumn-launch", LaunchStart, TimeSpan.FromMinutes(150)), (launch.Name, launch.StartsAt, launch.Duration));
        CollectionAssert.AreEqual(new[] { "audience", "budget" }, calendar.NumericFeatures.ToArray());
        Assert.IsEmpty(calendar.CategoricalFeatures);
        Assert.IsTrue(past.Where(c => c.Kind == launch.Kind).All(c => Audience(c) < Audience(launch)));
    }

    [TestMethod]
    public void System_IsTheOneThatFailed()
    {
        SystemDescription system = SystemDescriptionReader.Read(new MemoryStream(GeneratedSample.Files["system.json"]), "system.json");

        Assert.AreEqual(100, system.Database.MaxConnections);
        Assert.AreEqual((6, 100), (system.Services.Single().Instances, system.Services.Single().MaxPoolSize));
        Assert.AreEqual(TimeSpan.FromMilliseconds(40), system.Services.Single().DatabaseTimeMean);
    }

    [TestMethod]
    public void Logs_HaveAsManyLinesInEachMinuteAndAtMostInItsBusiestSecondAsTheSeries()
    {
        var perSecond = new Dictionary<DateTimeOffset, int>();
        foreach (string line in LogLines())
        {
            int open = line.IndexOf('[', StringComparison.Ordinal);
            DateTimeOffset time = DateTimeOffset.ParseExact(line.AsSpan(open + 1, 26), "dd/MMM/yyyy:HH:mm:ss zzz", CultureInfo.InvariantCulture);
            perSecond[time.ToUniversalTime()] = perSecond.GetValueOrDefault(time.ToUniversalTime()) + 1;
        }

        RequestHistory history = GeneratedSample.History;
        ILookup<DateTimeOffset, int> perMinute = perSecond.ToLookup(s => s.Key.AddSeconds(-s.Key.Second), s => s.Value);
        Assert.HasCount(120, perMinute);
        foreach (IGrouping<DateTimeOffset, int> minute in perMinute)
        {
            int index = history.Requests.IndexOf(minute.Key);
            Assert.AreEqual(history.Requests[index], minute.Sum(), minute.Key.ToString("u"));
            Assert.AreEqual(history.PeakRequestsPerSecond![index], minute.Max(), minute.Key.ToString("u"));
        }
    }

    [TestMethod]
    public void Logs_AreInOrderAndEndWithARequestTime()
    {
        string[] lines = [.. LogLines()];

        CollectionAssert.AreEqual(lines.Select(Time).Order().ToArray(), lines.Select(Time).ToArray());
        Assert.IsTrue(lines.All(l => double.Parse(l.AsSpan(l.LastIndexOf(' ')), NumberStyles.Float, CultureInfo.InvariantCulture) is > 0 and < 60));

        static DateTimeOffset Time(string line) => DateTimeOffset.ParseExact(line.AsSpan(line.IndexOf('[', StringComparison.Ordinal) + 1, 26), "dd/MMM/yyyy:HH:mm:ss zzz", CultureInfo.InvariantCulture);
    }

    [TestMethod]
    public void Clock_IsThatOfSantiago()
    {
        TimeZoneInfo santiago;
        try
        {
            santiago = TimeZoneInfo.FindSystemTimeZoneById(ShopClock.TimeZone);
        }
        catch (TimeZoneNotFoundException)
        {
            Assert.Inconclusive("The time zones are not installed (tzdata).");
            return;
        }

        for (DateTimeOffset time = SampleCalendar.HistoryStart; time < SampleCalendar.HistoryEnd.AddDays(1); time = time.AddMinutes(30))
        {
            Assert.AreEqual(santiago.GetUtcOffset(time), ShopClock.OffsetAt(time), time.ToString("u"));
        }
    }

    // Five working days on each side of the change: the courses in UTC fit best when one is shifted by the hour of the clock.
    [TestMethod]
    public void ClockChange_MovesTheDayByAnHourInUtc()
    {
        double[] before = MeanDay(new DateTimeOffset(2024, 9, 2, 0, 0, 0, TimeSpan.Zero));
        double[] after = MeanDay(new DateTimeOffset(2024, 9, 9, 0, 0, 0, TimeSpan.Zero));

        int shift = Enumerable.Range(-120, 241).MinBy(s => Enumerable.Range(0, 1440).Sum(m => Math.Abs(Math.Log(after[m] / before[(m + s + 1440) % 1440]))));

        Assert.IsInRange(55, 65, shift);
    }

    [TestMethod]
    public void Campaigns_FollowTheDocumentedLawOfTheAmplitude()
    {
        TimeSeries rate = GeneratedSample.History.RequestsPerSecond;
        foreach (SampleCampaign campaign in SampleCalendar.Campaigns.Where(c => c.EndsAt < rate.End))
        {
            int start = rate.IndexOf(campaign.StartsAt);
            int week = 7 * 24 * 60;
            double top = Enumerable.Range(start, 60).Max(m => Enumerable.Range(m, 3).Average(i => rate[i]));
            double ordinary = Enumerable.Range(start, 60).Average(m => (rate[m - week] + rate[m + week]) / 2);
            double law = campaign.ExpectedAmplitude;
            Assert.IsInRange(law - 0.3, law + 0.3, Math.Log(top / ordinary), campaign.Name);
        }
    }

    [TestMethod]
    public void Attack_TowersOverTheNight()
    {
        Campaign attack = GeneratedSample.Calendar.Incidents.Single();
        TimeSeries rate = GeneratedSample.History.RequestsPerSecond;
        int start = rate.IndexOf(attack.StartsAt);

        Assert.IsGreaterThan(1000, rate[start] - rate[start - 1]);
        Assert.IsGreaterThan(1000, rate[rate.IndexOf(attack.EndsAt) - 1] - rate[rate.IndexOf(attack.EndsAt)]);
    }

    [TestMethod]
    public void Seconds_ScatterMoreThanPoisson()
    {
        // At 400 requests a second the busiest of 60 seconds of a Poisson stream is about 2.3 deviations above the mean, here 1.55 times that.
        RequestHistory history = GeneratedSample.History;
        double[] deviations = [.. Enumerable.Range(0, history.Requests.Count)
            .Where(m => history.Requests[m] / 60 is > 350 and < 450)
            .Select(m => (history.PeakRequestsPerSecond![m] - (history.Requests[m] / 60)) / Math.Sqrt(history.Requests[m] / 60))];

        Assert.IsInRange(3.3, 3.9, deviations.Average());
    }

    // The story of 15 September 2024: four to six times the ordinary demand, and more than the 85 usable connections could serve.
    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    public void LaunchDay_HasThePeakThatTookTheShopDown(int seed)
    {
        byte[] file = GeneratedSample.Of(seed, "actual/requests-2024-09-15.csv.gz");
        RequestHistory actual = SeriesFile.Read(new MemoryStream(file), "actual").Single();
        int start = actual.Requests.IndexOf(LaunchStart);
        double before = Enumerable.Range(start - 30, 30).Average(m => actual.Requests[m] / 60);
        double[] launch = [.. Enumerable.Range(start, 150).Select(m => actual.Requests[m] / 60)];

        Assert.AreEqual(1440, actual.Requests.Count);
        Assert.AreEqual(actual.Requests.Values.ToArray().Max() / 60, launch.Max());
        Assert.IsInRange(4, 6.5, launch.Max() / before);
        Assert.IsInRange(1700, 2500, launch.Max());
        Assert.IsGreaterThan(85 / 0.040, actual.PeakRequestsPerSecond!.Values.ToArray().Max());
        string[] down = [.. Encoding.ASCII.GetString(file).Split('\n').Where(l => l.EndsWith(",0", StringComparison.Ordinal))];
        Assert.HasCount(150, down);
        StringAssert.StartsWith(down[0], "2024-09-15T14:");
    }

    private static double[] MeanDay(DateTimeOffset monday)
    {
        TimeSeries requests = GeneratedSample.History.Requests;
        int start = requests.IndexOf(monday);
        return [.. Enumerable.Range(0, 1440).Select(m => Enumerable.Range(0, 5).Select(d => requests[start + (d * 1440) + m]).Where(v => !double.IsNaN(v)).Average())];
    }

    private static IEnumerable<string> LogLines() => GeneratedSample.Files.Where(f => f.Key.StartsWith("logs/", StringComparison.Ordinal)).OrderBy(f => f.Key, StringComparer.Ordinal)
        .SelectMany(f => Encoding.ASCII.GetString(f.Value).Split('\n', StringSplitOptions.RemoveEmptyEntries));

    private static double Audience(Campaign campaign) => double.Parse(campaign.Features["audience"], CultureInfo.InvariantCulture);
}
