using System.Globalization;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Benchmarks.Accuracy;

/// <summary>Series with next to no noise at several steps: the pool's errors beside those of repeating the last season, and of a forecast that knows the shape of the day.</summary>
internal static class SmoothSeries
{
    private const int HistoryDays = 28;
    private static readonly double[] _probabilities = [0.05, 0.5, 0.95];

    public static void Run(int seeds)
    {
        Console.WriteLine("law, step, days ahead | pinball loss ÷ level, %: pool | seasonal naive | pool ÷ seasonal naive | MAE ÷ level, %: pool | seasonal naive | one that knows the shape | steps below p95");
        foreach (string law in (ReadOnlySpan<string>)["curve", "curve on a wandering level", "ramps", "ramps on a wandering level", "week"])
        {
            foreach (int minutes in (ReadOnlySpan<int>)[5, 15, 30, 60])
            {
                foreach (int days in (ReadOnlySpan<int>)[1, 3])
                    Evaluate(law, minutes, days, seeds);
            }
        }
    }

    private static void Evaluate(string law, int minutes, int days, int seeds)
    {
        var results = new double[seeds][];
        Parallel.For(0, seeds, seed => results[seed] = One(law, minutes, days, seed));
        double[] mean = [.. Enumerable.Range(0, 6).Select(i => results.Average(r => r[i]))];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{law} {minutes}m {days}d | {mean[0]:0.000} | {mean[1]:0.000} | {mean[0] / mean[1]:0.00} | {mean[2]:0.000} | {mean[3]:0.000} | {mean[4]:0.000} | {mean[5]:0.000}"));
    }

    private static double[] One(string law, int minutes, int days, int seed)
    {
        var random = new RandomStream(seed + 1, minutes);
        int day = 1440 / minutes;
        int origin = (HistoryDays * day) + random.NextInt(day);
        int horizon = days * day;
        var values = new double[origin + horizon];
        var truth = new double[values.Length];
        double wandering = 0;
        double persistence = Math.Exp(-1.0 / day);
        double turn = random.NextDouble();
        for (int t = 0; t < values.Length; t++)
        {
            double hours = 24 * (((double)t / day) % 1);
            int weekday = t / day % 7;
            wandering = (persistence * wandering) + (0.03 * Math.Sqrt(1 - (persistence * persistence)) * random.NextNormal());
            double shape = law.StartsWith("ramps", StringComparison.Ordinal)
                ? 0.2 + Ramp(hours, 7.8 + turn, 0.5) - (0.3 * Ramp(hours, 12.1 + turn, 0.3)) + (0.3 * Ramp(hours, 13.2 + turn, 0.3)) - (0.8 * Ramp(hours, 18.4 + turn, 1))
                : 1 - (0.6 * Math.Cos(2 * Math.PI * (hours + turn) / 24)) + (0.25 * Math.Cos((4 * Math.PI * hours / 24) + 1)) + (0.1 * Math.Sin((8 * Math.PI * hours / 24) + 2));
            shape *= law == "week" && weekday >= 5 ? 0.6 : 1;
            truth[t] = 100 * shape;
            values[t] = truth[t] * Math.Exp((law.EndsWith("level", StringComparison.Ordinal) ? wandering : 0) + (0.002 * random.NextNormal()));
        }

        var history = new TimeSeries(new DateTimeOffset(2024, 3, 4, 0, 0, 0, TimeSpan.Zero), TimeSpan.FromMinutes(minutes), values.AsSpan(0, origin));
        var options = new PredictionOptions { Horizon = horizon, Paths = 400, Seed = seed };
        double[][] pool = new PoolForecaster().Fit(history, CampaignCalendar.Empty).Predict(options).Quantiles(_probabilities);
        double[][] naive = new SeasonalNaiveForecaster().Fit(history, CampaignCalendar.Empty).Predict(options).Quantiles(_probabilities);
        double level = values[origin..].Average() / 100;
        return
        [
            Loss(pool, values.AsSpan(origin)) / level, Loss(naive, values.AsSpan(origin)) / level, Error(pool[1], values.AsSpan(origin)) / level, Error(naive[1], values.AsSpan(origin)) / level,
            Error(truth.AsSpan(origin), values.AsSpan(origin)) / level, Enumerable.Range(0, horizon).Average(h => values[origin + h] <= pool[2][h] ? 1.0 : 0),
        ];
    }

    private static double Ramp(double hours, double at, double width) => 1 / (1 + Math.Exp(-(hours - at) * 4 / width));

    private static double Error(ReadOnlySpan<double> forecast, ReadOnlySpan<double> actual)
    {
        double sum = 0;
        for (int h = 0; h < actual.Length; h++)
            sum += Math.Abs(actual[h] - forecast[h]) / actual.Length;
        return sum;
    }

    private static double Loss(double[][] quantiles, ReadOnlySpan<double> actual)
    {
        double sum = 0;
        for (int h = 0; h < actual.Length; h++)
        {
            for (int q = 0; q < quantiles.Length; q++)
            {
                double error = actual[h] - quantiles[q][h];
                sum += Math.Max(_probabilities[q] * error, (_probabilities[q] - 1) * error) / quantiles.Length / actual.Length;
            }
        }

        return sum;
    }
}
