using System.Globalization;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Benchmarks.Campaigns;

/// <summary>Daily series of kinds that traffic comes in, each forecast 60 days ahead from its end: no kind may be paid for by another.</summary>
internal static class SyntheticDays
{
    private const int Horizon = 60;
    private const int Years = 4;

    public static void Run(TextWriter output, IForecaster forecaster, int seeds)
    {
        output.WriteLine("| series | sMAPE | days ≤ p50 | ≤ p95 | 60 days' peak, mean abs(ln(p50 ÷ actual)) | peak ≤ p50 | ≤ p95 | p95 ÷ actual |");
        output.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- |");
        foreach (string kind in (ReadOnlySpan<string>)["flat", "growth", "decline", "walk", "walk and year", "step", "bursts", "changing year", "young"])
        {
            var judge = new DailyAccuracy();
            for (int seed = 0; seed < seeds; seed++)
            {
                double[] days = Days(kind, new Random(1000 + seed));
                var whole = new TimeSeries(new DateTimeOffset(2020, 1, 6, 0, 0, 0, TimeSpan.Zero), TimeSpan.FromDays(1), days);
                int origin = days.Length - Horizon;
                judge.Add(forecaster.Fit(whole.Before(whole.TimeAt(origin)), CampaignCalendar.Empty).Predict(new PredictionOptions { Horizon = Horizon }), whole.Slice(origin, Horizon), CampaignCalendar.Empty);
            }

            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {kind} | {judge.SymmetricError:F1} | {judge.DayCoverage(0.5):F3} | {judge.DayCoverage(0.95):F3} | {judge.PeakError:F3} | {judge.PeakCoverage(0.5):F3} | {judge.PeakCoverage(0.95):F3} | {judge.UpperToActual:F2} |"));
        }
    }

    private static double[] Days(string kind, Random random)
    {
        int n = (kind == "young" ? 200 : (int)(365.25 * Years)) + Horizon;
        var year = Enumerable.Range(1, 3).Select(k => (Cosine: 0.4 / k * Normal(random), Sine: 0.4 / k * Normal(random))).ToArray();
        double weekend = -0.4 * random.NextDouble(), walk = 0, swing = 0, burst = 0, noise = 0;
        int stepDay = n - Horizon - random.Next(30, 120);
        var days = new double[n];
        for (int t = 0; t < n; t++)
        {
            double season = year.Select((c, k) => (c.Cosine * Math.Cos(2 * Math.PI * (k + 1) * t / 365.25)) + (c.Sine * Math.Sin(2 * Math.PI * (k + 1) * t / 365.25))).Sum();
            noise = (0.5 * noise) + (0.1 * Normal(random));
            walk += Normal(random);
            swing = (0.95 * swing) + (0.0937 * Normal(random));
            burst *= 0.78;
            if (random.NextDouble() < 0.02)
                burst = Math.Max(burst, -Math.Log(1 - random.NextDouble()));
            days[t] = 1000 * Math.Exp(noise + (t % 7 >= 5 ? weekend : 0) + kind switch
            {
                "flat" => season,
                "growth" => season + (0.47 * t / 365.25),
                "decline" => season - (0.3 * t / 365.25),
                "walk" => 0.02 * walk,
                "walk and year" => season + (0.012 * walk),
                "step" => season + (t > stepDay ? 0.7 : 0),
                "bursts" => season + swing + burst,
                "changing year" => season * (1.6 - (1.2 * t / n)),
                _ => (0.8 * t / 365.25) + (0.5 * swing),
            });
        }

        return days;
    }

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
