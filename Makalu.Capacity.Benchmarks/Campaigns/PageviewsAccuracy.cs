using System.Globalization;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Benchmarks.Campaigns;

/// <summary>The campaign model on daily views by rolling origin: 60 days from each second week of five seasons.</summary>
internal static class PageviewsAccuracy
{
    private const int Horizon = 60;

    public static void Run(string data, TextWriter output, IForecaster forecaster)
    {
        TimeSeries rates = CampaignData.Rates(Path.Combine(data, "pageviews", "requests-1d.csv.gz"));
        CampaignCalendar calendar = CampaignData.Calendar(Path.Combine(data, "pageviews", "calendar.csv"));
        List<double> smape = [], eventErrors = [], peakErrors = [], ratios = [];
        for (int season = 2009; season <= 2013; season++)
        {
            for (var origin = new DateTimeOffset(season, 9, 1, 0, 0, 0, TimeSpan.Zero); origin < new DateTimeOffset(season + 1, 2, 15, 0, 0, 0, TimeSpan.Zero); origin = origin.AddDays(14))
            {
                if (origin.AddDays(Horizon) > rates.End)
                    continue;
                Forecast forecast = forecaster.Fit(rates.Before(origin), calendar).Predict(new PredictionOptions { Horizon = Horizon });
                double[] median = forecast.Quantile(0.5);
                TimeSeries actual = rates.Slice(rates.IndexOf(origin), Horizon);
                int[] known = [.. Enumerable.Range(0, Horizon).Where(h => !double.IsNaN(actual[h]))];
                smape.Add(200 * known.Average(h => Math.Abs(median[h] - actual[h]) / (median[h] + actual[h])));
                foreach (int h in known.Where(h => calendar.Campaigns.Any(c => c.StartsAt <= actual.TimeAt(h) && c.EndsAt > actual.TimeAt(h))))
                    eventErrors.Add(Math.Abs(Math.Log(median[h] / actual[h])));
                double[] maxima = [.. Enumerable.Range(0, forecast.PathCount).Select(p => known.Max(h => forecast.Path(p)[h])).Order()];
                double peak = known.Max(h => actual[h]);
                peakErrors.Add(Math.Log(maxima[maxima.Length / 2] / peak));
                ratios.Add(Math.Log(maxima[(int)(0.95 * maxima.Length)] / peak));
            }
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{smape.Count} origins: sMAPE {smape.Average():F2}, event days {eventErrors.Average():F3} ({eventErrors.Count}), window peak {peakErrors.Average(Math.Abs):F3} (bias {peakErrors.Average():F3}), covered {ratios.Average(r => r >= 0 ? 1.0 : 0):F3} at {Math.Exp(ratios.Average()):F2}"));
    }
}
