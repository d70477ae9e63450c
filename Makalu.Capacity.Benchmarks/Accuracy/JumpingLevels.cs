using System.Globalization;
using System.Numerics.Tensors;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Benchmarks.Accuracy;

/// <summary>
/// Levels that jump by a known law, forecast for three days from an origin soon after a jump: what the quantiles cover and what they cost. Hourly
/// steps, 28 days of history, noise that wanders over six hours.
/// </summary>
internal static class JumpingLevels
{
    private const int Day = 24;
    private const int History = 28 * Day;
    private const int Horizon = 3 * Day;
    private static readonly double[] Probabilities = [0.05, 0.5, 0.9, 0.95, 0.99];

    /// <summary>How a level jumps: the jump before the origin, and those at any other time.</summary>
    /// <param name="Name">Its name in the table.</param>
    /// <param name="HoursAgo">A jump comes at most so many hours before the origin; 0 for none.</param>
    /// <param name="DaysBetween">The mean of the days from jump to jump besides; 0 for none.</param>
    /// <param name="HoursAway">The mean of the hours until a jump turns back; 0 for never.</param>
    private sealed record Law(string Name, int HoursAgo, double DaysBetween, double HoursAway);

    public static void Run(int runs)
    {
        Console.WriteLine("season, law | runs | mean absolute error, % of the level | steps below p5 p50 p90 p95 p99 | day peaks below p50 p95 p99 | step loss, % | peak loss, %");
        Law[] laws =
        [
            new("no jump", 0, 0, 0),
            new("one jump within 24 hours before, for good", 24, 0, 0),
            new("one jump 1 to 3 days before, for good", 72, 0, 0),
            new("one jump within 24 hours before, gone after about 8 hours", 24, 0, 8),
            new("one jump within 24 hours before, gone after about 2 days", 24, 0, 48),
            new("jumps every 8 days, gone after about 12 hours, one within 24 hours", 24, 8, 12),
            new("jumps every 8 days, gone after about 4 days", 0, 8, 96),
            new("jumps every 8 days, for good, one within 24 hours", 24, 8, 0),
            new("none before, one in 30 days, for good", 0, -30, 0),
        ];
        foreach (string season in (string[])["none", "day", "week"])
        {
            foreach (Law law in laws)
            {
                var results = new double[runs][];
                Parallel.For(0, runs, run => results[run] = One(law, season, run));
                double[] mean = [.. Enumerable.Range(0, results[0].Length).Select(k => results.Average(r => r[k]))];
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{season}, {law.Name} | {runs} | {100 * mean[0]:0.0} | {mean[1]:0.000} {mean[2]:0.000} {mean[3]:0.000} {mean[4]:0.000} {mean[5]:0.000} | {mean[6]:0.000} {mean[7]:0.000} {mean[8]:0.000} | {100 * mean[9]:0.00} | {100 * mean[10]:0.00}"));
            }
        }
    }

    private static double[] One(Law law, string season, int run)
    {
        var random = new RandomStream(run + 1, 17);
        double[] values = Simulate(law, season, random);
        var series = new TimeSeries(new DateTimeOffset(2024, 3, 4, 0, 0, 0, TimeSpan.Zero).AddHours(run % Day), TimeSpan.FromHours(1), values.AsSpan(0, History));
        Forecast forecast = new PoolForecaster().Fit(series, CampaignCalendar.Empty).Predict(new PredictionOptions { Horizon = Horizon, Paths = 500, Seed = run });
        double[][] quantiles = forecast.Quantiles(Probabilities);
        ReadOnlySpan<double> actual = values.AsSpan(History);
        double scale = TensorPrimitives.Average(actual);
        var result = new double[11];
        for (int h = 0; h < Horizon; h++)
        {
            result[0] += Math.Abs(actual[h] - quantiles[1][h]) / scale / Horizon;
            for (int q = 0; q < Probabilities.Length; q++)
            {
                result[1 + q] += actual[h] <= quantiles[q][h] ? 1.0 / Horizon : 0;
                result[9] += Loss(Probabilities[q], actual[h] - quantiles[q][h]) / scale / Horizon / Probabilities.Length;
            }
        }

        const int Days = Horizon / Day;
        for (int day = 0; day < Days; day++)
        {
            double peak = TensorPrimitives.Max(actual.Slice(day * Day, Day));
            double[] stated = [.. Enumerable.Range(0, forecast.PathCount).Select(p => TensorPrimitives.Max(forecast.Path(p).Slice(day * Day, Day)))];
            double[] levels = [0.5, 0.9, 0.95, 0.99];
            for (int q = 0; q < levels.Length; q++)
            {
                double quantile = SampleQuantile.Of(stated, levels[q]);
                result[10] += Loss(levels[q], Math.Log(peak / quantile)) / Days / levels.Length;
                if (q != 1)
                {
                    result[q == 0 ? 6 : q + 5] += peak <= quantile ? 1.0 / Days : 0;
                }
            }
        }

        return result;
    }

    private static double Loss(double probability, double error) => Math.Max(probability * error, (probability - 1) * error);

    private static double[] Simulate(Law law, string season, RandomStream random)
    {
        var level = new double[History + Horizon];
        int latest = law.HoursAgo == 0 ? -1 : History - 1 - random.NextInt(law.HoursAgo);
        if (law.HoursAgo > Day)
        {
            latest = History - Day - random.NextInt(law.HoursAgo - Day);
        }

        if (latest >= 0)
        {
            Jump(level, latest, law, random);
        }

        for (int t = law.DaysBetween < 0 ? History : 0; law.DaysBetween != 0 && t < level.Length; t++)
        {
            if (random.NextDouble() < 1 / (Day * Math.Abs(law.DaysBetween)))
            {
                Jump(level, t, law, random);
            }
        }

        double wandering = 0;
        for (int t = 0; t < level.Length; t++)
        {
            wandering = (0.85 * wandering) + (0.053 * 0.8 * random.NextNormal());
            double shape = season == "none" ? 1 : 0.6 - (0.4 * Math.Cos(2 * Math.PI * t / Day));
            shape *= season == "week" && t / Day % 7 >= 5 ? 0.6 : 1;
            level[t] = 10 * shape * Math.Exp(level[t] + wandering + (0.05 * random.NextNormal()));
        }

        return level;
    }

    private static void Jump(double[] level, int from, Law law, RandomStream random)
    {
        double size = 0.4 + (0.7 * random.NextDouble());
        size = random.NextDouble() < 0.67 ? size : -size;
        int to = law.HoursAway == 0 ? level.Length : Math.Min(level.Length, from + 1 + (int)(law.HoursAway * random.NextExponential()));
        TensorPrimitives.Add(level.AsSpan(from, to - from), size, level.AsSpan(from, to - from));
    }
}
