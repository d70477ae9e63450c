using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Benchmarks.Campaigns;

/// <summary>The campaign model on daily views by rolling origin: 60 days from each second week of five seasons.</summary>
internal static class PageviewsAccuracy
{
    private const int Horizon = 60;

    public static void Run(string data, TextWriter output, IForecaster forecaster, bool each, int seasons)
    {
        TimeSeries rates = CampaignData.Rates(Path.Combine(data, "pageviews", "requests-1d.csv.gz"));
        CampaignCalendar calendar = CampaignData.Calendar(Path.Combine(data, "pageviews", "calendar.csv"));
        var all = new DailyAccuracy();
        for (int year = 2009; year < 2009 + seasons; year++)
        {
            var season = new DailyAccuracy();
            for (var origin = new DateTimeOffset(year, 9, 1, 0, 0, 0, TimeSpan.Zero); origin < new DateTimeOffset(year + 1, 2, 15, 0, 0, 0, TimeSpan.Zero); origin = origin.AddDays(14))
            {
                if (origin.AddDays(Horizon) > rates.End)
                    continue;
                Forecast forecast = forecaster.Fit(rates.Before(origin), calendar).Predict(new PredictionOptions { Horizon = Horizon });
                TimeSeries actual = rates.Slice(rates.IndexOf(origin), Horizon);
                season.Add(forecast, actual, calendar);
                all.Add(forecast, actual, calendar);
            }

            if (each)
                output.WriteLine(FormattableString.Invariant($"{year}: {season}"));
        }

        output.WriteLine(all.ToString());
    }
}
