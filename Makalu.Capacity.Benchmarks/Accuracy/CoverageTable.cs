using System.Globalization;
using Makalu.Capacity.Benchmarks.Campaigns;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Benchmarks.Accuracy;

/// <summary>What 95 % quantiles cover by days ahead and by level of load, and how far 90 % intervals miss on either side.</summary>
internal static class CoverageTable
{
    private const int Days = 7;
    private static readonly double[] Probabilities = [0.05, 0.5, 0.95];

    public static void Run(string filter, int origins)
    {
        Console.WriteLine("data, step, model | origins | steps below p95 in the lowest, middle and highest third of the load, 1 day ahead | 2 to 3 days | 4 to 7 days | all below p5 p50 p95 | loss, %");
        foreach ((string name, TimeSeries series, CampaignCalendar calendar, IForecaster forecaster) in Cases(filter))
        {
            var below = new double[3, 3, 3];
            var count = new double[3, 3];
            double loss = 0;
            double load = 0;
            int day = (int)(TimeSpan.FromDays(1) / series.Step);
            int horizon = Days * day;
            int first = Math.Max(series.Count * 2 / 5, Math.Min(series.Count / 2, 8 * day));
            int room = series.Count - horizon - first;
            for (int k = 0; k < origins && room >= 0; k++)
            {
                int origin = first + (int)((long)room * k / Math.Max(1, origins - 1));
                Forecast forecast = forecaster.Fit(series.Slice(0, origin), calendar).Predict(new PredictionOptions { Horizon = horizon, Paths = 500 });
                Add(series.Values.Slice(origin, horizon), forecast.Quantiles(Probabilities), day, below, count, ref loss, ref load);
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name} | {origins} | {string.Join(" | ", Enumerable.Range(0, 3).Select(block => string.Join(" ", Enumerable.Range(0, 3).Select(third => F(below[block, third, 2] / count[block, third])))))} | {string.Join(" ", Enumerable.Range(0, 3).Select(q => F(Enumerable.Range(0, 9).Sum(i => below[i / 3, i % 3, q]) / count.Cast<double>().Sum())))} | {100 * loss / load:0.00}"));
        }
    }

    private static void Add(ReadOnlySpan<double> actual, double[][] quantiles, int day, double[,,] below, double[,] count, ref double loss, ref double load)
    {
        double low = SampleQuantile.Of(quantiles[1], 1.0 / 3);
        double high = SampleQuantile.Of(quantiles[1], 2.0 / 3);
        for (int h = 0; h < actual.Length; h++)
        {
            if (double.IsNaN(actual[h]))
                continue;

            int block = h < day ? 0 : h < 3 * day ? 1 : 2;
            int third = quantiles[1][h] < low ? 0 : quantiles[1][h] < high ? 1 : 2;
            count[block, third]++;
            load += actual[h];
            for (int q = 0; q < Probabilities.Length; q++)
            {
                double error = actual[h] - quantiles[q][h];
                below[block, third, q] += error <= 0 ? 1 : 0;
                loss += Math.Max(Probabilities[q] * error, (Probabilities[q] - 1) * error) / Probabilities.Length;
            }
        }
    }

    private static string F(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);

    private static IEnumerable<(string Name, TimeSeries Series, CampaignCalendar Calendar, IForecaster Forecaster)> Cases(string filter)
    {
        foreach ((string name, Func<TimeSeries> load, int[] minutes) in RealTraffic.Sets())
        {
            foreach (int step in minutes.Where(m => m < 1440 && name.Contains(filter, StringComparison.Ordinal)))
            {
                yield return ($"{name} {step}m, pool", RealTraffic.Aggregate(load(), TimeSpan.FromMinutes(step)), CampaignCalendar.Empty, new PoolForecaster());
            }
        }

        var fiveMinutes = TimeSpan.FromMinutes(5);
        if ("nasa95 with calendar".Contains(filter, StringComparison.Ordinal))
        {
            yield return ("nasa95 with calendar 5m, campaigns", RealTraffic.Aggregate(RealTraffic.Sets().First().Load(), fiveMinutes), CampaignData.Calendar(Path.Combine(DataFiles.Folder, "nasa95", "calendar.csv")), new CampaignForecaster());
        }

        if ("sample".Contains(filter, StringComparison.Ordinal) && Directory.Exists("data"))
        {
            TimeSeries history = CampaignData.Rates(Path.Combine("data", "requests.csv.gz"), fiveMinutes);
            CampaignCalendar calendar = CampaignData.Calendar(Path.Combine("data", "calendar.csv"));
            yield return ("sample 5m, campaigns", history, calendar, new CampaignForecaster());
            yield return ("sample 5m, campaigns+pool", history, calendar, new CampaignForecaster(new PoolForecaster()));
            TimeZoneInfo zone = TimeZoneInfo.FindSystemTimeZoneById("America/Santiago");
            yield return ("sample 5m, campaigns, local clock", history, calendar, new LocalClockForecaster(new CampaignForecaster(), zone));
        }
    }
}
