using System.Globalization;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Benchmarks.Accuracy;

/// <summary>The odd half of the M4 hourly series beside the published figures.</summary>
internal static class M4Table
{
    private const int Horizon = 48;
    private const int Day = 24;

    public static void Write(TextWriter text, string data)
    {
        Dictionary<string, double[]> train = M4Hourly.Load(Path.GetFullPath(Path.Combine(data, "m4-hourly", "train.csv.gz")));
        Dictionary<string, double[]> test = M4Hourly.Load(Path.GetFullPath(Path.Combine(data, "m4-hourly", "test.csv.gz")));
        string[] names = [.. train.Keys.Order(StringComparer.Ordinal)];
        var start = new DateTimeOffset(2015, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var fleet = new BoostingFleet(names.Select(name => new TimeSeries(start, TimeSpan.FromHours(1), train[name])));
        var forecasts = new (Forecast Forecast, double[][] Quantiles)[names.Length];
        Parallel.For(0, names.Length, i =>
        {
            var series = new TimeSeries(start, TimeSpan.FromHours(1), train[names[i]]);
            IForecaster forecaster = ForecasterCatalog.Create(ForecasterCatalog.Auto, new AutoForecasterOptions { Horizon = TimeSpan.FromHours(Horizon), Fleet = fleet });
            Forecast forecast = forecaster.Fit(series, CampaignCalendar.Empty).Predict(new PredictionOptions { Horizon = Horizon });
            forecasts[i] = (forecast, forecast.Quantiles([0.025, 0.5, 0.975]));
        });

        var ours = new M4Hourly.Score();
        var naive = new M4Hourly.Score();
        for (int i = 0; i < names.Length; i++)
        {
            double[] history = train[names[i]];
            double[] actual = test[names[i]];
            (Forecast forecast, double[][] quantiles) = forecasts[i];
            ours.Add(history, actual, quantiles[1], quantiles[0], quantiles[2]);
            ours.AddPeak(actual, forecast);
            double[] lastDay = [.. Enumerable.Range(0, Horizon).Select(h => history[^(Day - (h % Day))])];
            naive.Add(history, actual, lastDay, lastDay, lastDay);
        }

        text.WriteLine(AccuracyTexts.M4(names.Length));
        text.WriteLine("| method | series | OWA | sMAPE | MASE | 95 % MSIS | coverage of 95 % intervals | 48 hours' peak ≤ p95 |");
        text.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- |");
        text.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| **Makalu.Capacity, `auto`** | odd half | **{ours.Owa:0.000}** | {ours.Smape:0.00} | {ours.Mase:0.000} | {ours.Msis:0.00} | {ours.Coverage:0.000} | {ours.PeakCoverage:0.000} |"));
        text.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| repeating the last day | odd half | {naive.Owa:0.000} | {naive.Smape:0.00} | {naive.Mase:0.000} | | | |"));
        text.WriteLine(AccuracyTexts.M4Peers);
    }
}
