using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Peaks;
using Makalu.Capacity.Series;
using Makalu.Capacity.Tests.Series;

namespace Makalu.Capacity.Tests.Forecasting;

[TestClass]
public sealed class CampaignForecasterWorldCupTests
{
    /// <summary>Peaks of a design study in another language, whose amplitudes have one fixed prior: match, 50 % and 95 % quantile.</summary>
    private static readonly (string Match, double Median, double High)[] _study =
    [
        ("Japan-Croatia", 374.7, 609.2), ("Netherlands-South Korea", 330.2, 501.1), ("Argentina-Jamaica", 377.7, 617.5),
        ("Colombia-Tunisia", 1204.5, 2232.6), ("Romania-England", 932.0, 1695.3),
    ];

    [TestMethod]
    public void Predict_OnTheWorldCup_AgreesWithTheDesignStudy()
    {
        RequestHistory history = SeriesFile.Read(SharedData.Path("data/worldcup98/requests-1m.csv.gz"))[0];
        var origin = new DateTimeOffset(1998, 6, 20, 0, 0, 0, TimeSpan.Zero);
        TimeSeries rates = history.Before(origin).AggregateTo(TimeSpan.FromMinutes(5), origin).RequestsPerSecond;
        var calendar = new CampaignCalendar(File.ReadLines(SharedData.Path("data/worldcup98/calendar.csv")).Skip(1).Select(l => l.Split(',')).Select(f => new Campaign(
            f[0], f[1], DateTimeOffset.Parse(f[2], System.Globalization.CultureInfo.InvariantCulture), DateTimeOffset.Parse(f[3], System.Globalization.CultureInfo.InvariantCulture), [KeyValuePair.Create("stage", f[4])])));
        Forecast forecast = new CampaignForecaster().Fit(rates, calendar).Predict(new PredictionOptions { Horizon = 72 * 12 });
        foreach ((string match, double median, double high) in _study)
        {
            PeakForecast peak = PeakFinder.Find(forecast, PeakFinder.WindowOf(calendar.Campaigns.First(c => c.Name == match), rates.Step));
            Assert.AreEqual(median, peak.Quantile(0.5), 0.12 * median, match);
            Assert.AreEqual(high, peak.Quantile(0.95), 0.2 * high, match);
        }
    }
}
