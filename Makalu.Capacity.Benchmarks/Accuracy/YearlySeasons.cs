using System.Globalization;
using System.Numerics.Tensors;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Forecasting.Pool;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Benchmarks.Accuracy;

/// <summary>Traffic with and without a yearly season, forecast with and without the year: what it gains where there is one, and costs where there is none.</summary>
internal static class YearlySeasons
{
    private const int MostDaysAhead = 60;
    private const double DaysOfYear = 365.25;
    private static readonly double[] Probabilities = [0.05, 0.5, 0.95];

    public static void Run(int seeds)
    {
        Console.WriteLine("law, step, years of history, days ahead | series | pinball loss ÷ load, %: with the year, without | steps below p95: with, without | horizon's peak below p95: with, without");
        foreach (int hours in (ReadOnlySpan<int>)[24, 1])
        {
            foreach (double years in (ReadOnlySpan<double>)[1.3, 2.3])
            {
                foreach (string law in (ReadOnlySpan<string>)["no year", "winter and summer", "three weeks of December", "the end of the year"])
                {
                    foreach (int days in (ReadOnlySpan<int>)[7, MostDaysAhead])
                        Evaluate(law, hours, years, days, seeds);
                }
            }
        }
    }

    private static void Evaluate(string law, int hours, double years, int days, int seeds)
    {
        var results = new (Score With, Score Without)[seeds];
        Parallel.For(0, seeds, seed => results[seed] = One(law, hours, years, days, seed));
        string Pair(Func<Score, double> read, string format)
            => string.Create(CultureInfo.InvariantCulture, $"{results.Average(r => read(r.With)).ToString(format, CultureInfo.InvariantCulture)} {results.Average(r => read(r.Without)).ToString(format, CultureInfo.InvariantCulture)}");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{law} {hours}h {years}y {days}d | {seeds} | {Pair(s => 100 * s.Loss, "0.00")} | {Pair(s => s.Covered, "0.000")} | {Pair(s => s.PeakCovered, "0.00")}"));
    }

    private static (Score With, Score Without) One(string law, int hours, double years, int days, int seed)
    {
        int day = 24 / hours;
        int origin = (int)(years * DaysOfYear) * day;
        double[] values = Simulate(law, hours, origin + (MostDaysAhead * day), new RandomStream(seed + 1, hours), out DateTimeOffset start);
        var history = new TimeSeries(start, TimeSpan.FromHours(hours), values.AsSpan(0, origin));
        var options = new PredictionOptions { Horizon = days * day, Paths = 400, Seed = seed };
        ReadOnlySpan<double> actual = values.AsSpan(origin, options.Horizon);
        return (Judge(new PoolForecaster().Fit(history, CampaignCalendar.Empty).Predict(options), actual), Judge(new PoolModel(history, PoolMembers.Standard).Predict(options), actual));
    }

    /// <summary>A level that lingers and wanders, weekdays, a day's shape, and the year by its law; begun at any time of the year.</summary>
    private static double[] Simulate(string law, int hours, int count, RandomStream random, out DateTimeOffset start)
    {
        int day = 24 / hours;
        start = new DateTimeOffset(2021, 1, 1, 0, 0, 0, TimeSpan.Zero).AddDays(random.NextInt(365));
        double noise = new[] { 0.03, 0.08, 0.15 }[random.NextInt(3)], walk = new[] { 0, 0.002, 0.01 }[random.NextInt(3)], growth = new[] { 0, 1e-4, 6e-4 }[random.NextInt(3)];
        double[] weekdays = [.. Enumerable.Range(0, 7).Select(_ => 0.12 * random.NextNormal())];
        double level = 0, lingering = 0, error = 0;
        var values = new double[count];
        for (int t = 0; t < count; t++)
        {
            DateTimeOffset time = start.AddHours(t * hours);
            if (t % day == 0)
            {
                lingering = (0.95 * lingering) + (noise / 3 * random.NextNormal());
                level += (walk * random.NextNormal()) + growth;
            }

            error = ((day > 1 ? 0.8 : 0) * error) + (noise * (day > 1 ? 0.6 : 1) * random.NextNormal());
            double shape = day > 1 ? 0.6 * Math.Sin(2 * Math.PI * (time.Hour - 9) / 24) : 0;
            values[t] = 10 * Math.Exp(level + lingering + weekdays[(int)time.DayOfWeek] + Year(law, time.DayOfYear + (time.Hour / 24.0)) + shape + error);
        }

        return values;
    }

    private static double Year(string law, double day)
    {
        double toDecember = ((day - 345 + 182 + 365) % 365) - 182;
        return law switch
        {
            "winter and summer" => 0.15 * Math.Cos(2 * Math.PI * (day - 20) / 365),
            "three weeks of December" => 0.7 * Math.Exp(-Math.Pow(toDecember / 20, 2)),
            "the end of the year" => Math.Exp(-Math.Pow(toDecember / 35, 2)),
            _ => 0,
        };
    }

    private static Score Judge(Forecast forecast, ReadOnlySpan<double> actual)
    {
        double[][] quantiles = forecast.Quantiles(Probabilities);
        double loss = 0, covered = 0;
        for (int h = 0; h < actual.Length; h++)
        {
            for (int q = 0; q < Probabilities.Length; q++)
            {
                double error = actual[h] - quantiles[q][h];
                loss += Math.Max(Probabilities[q] * error, (Probabilities[q] - 1) * error) / Probabilities.Length;
            }

            covered += actual[h] <= quantiles[^1][h] ? 1.0 / actual.Length : 0;
        }

        double[] peaks = [.. Enumerable.Range(0, forecast.PathCount).Select(p => TensorPrimitives.Max(forecast.Path(p)))];
        return new Score(loss / TensorPrimitives.Sum(actual), covered, TensorPrimitives.Max(actual) <= SampleQuantile.Of(peaks, 0.95) ? 1 : 0);
    }

    private readonly record struct Score(double Loss, double Covered, double PeakCovered);
}
