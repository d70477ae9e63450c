using System.Collections.Concurrent;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Benchmarks;

/// <summary>Four weeks of 5-minute counts whose rate is known, a week to forecast, and so many two-hour campaigns over both.</summary>
/// <param name="Campaigns">The number of campaigns, each about 2.5 times the rate, one of six still to come.</param>
public sealed record ForecastCase(int Campaigns)
{
    private const int HistoryDays = 28;
    private const int HorizonDays = 7;
    private static readonly TimeSpan s_step = TimeSpan.FromMinutes(5);
    private static readonly DateTimeOffset s_start = new(2024, 3, 4, 0, 0, 0, TimeSpan.Zero);
    private static readonly ConcurrentDictionary<ForecastCase, double> s_error = new();

    public static IEnumerable<ForecastCase> All() => [new(0), new(12), new(30)];

    public int Horizon => HorizonDays * 288;

    public override string ToString() => FormattableString.Invariant($"{Campaigns} campaigns");

    internal CampaignCalendar Calendar()
        => new([.. Enumerable.Range(0, Campaigns).Select(k => StartOf(k)).Select((at, k) => new Campaign(FormattableString.Invariant($"mail {k}"), "email", at, at.AddHours(2)))]);

    internal TimeSeries History()
    {
        var random = new RandomStream(Campaigns + 1);
        return new TimeSeries(s_start, s_step, [.. Rates(HistoryDays, random).Select(rate => random.NextPoisson(rate * s_step.TotalSeconds) / s_step.TotalSeconds)]);
    }

    internal AutoForecaster Auto() => new(new AutoForecasterOptions { Horizon = TimeSpan.FromDays(HorizonDays), MaxDegreeOfParallelism = 2 });

    /// <summary>The mean absolute error of auto's median against the true rate, campaigns at their mean factor, ÷ the mean rate; computed once.</summary>
    internal double Error()
        => s_error.GetOrAdd(this, static c =>
        {
            double[] median = c.Auto().Fit(c.History(), c.Calendar()).Predict(new PredictionOptions { Horizon = c.Horizon }).Quantile(0.5);
            double[] truth = [.. c.Rates(HistoryDays + HorizonDays, random: null).Skip(HistoryDays * 288)];
            return median.Zip(truth, (m, t) => Math.Abs(m - t)).Sum() / truth.Sum();
        });

    private DateTimeOffset StartOf(int k) => s_start.AddDays((int)((HistoryDays + HorizonDays) * (k + 0.5) / Campaigns)).AddHours(10 + (3 * (k % 3)));

    private double[] Rates(int days, RandomStream? random)
    {
        double[] rates = [.. Enumerable.Range(0, days * 288).Select(t => 20 * (0.55 - (0.45 * Math.Cos(2 * Math.PI * t / 288))) * (t / 288 % 7 >= 5 ? 0.6 : 1))];
        for (int k = 0; k < Campaigns; k++)
        {
            double factor = 2.5 * (random is null ? 1 : Math.Exp(0.2 * random.NextNormal()));
            int first = (int)((StartOf(k) - s_start) / s_step);
            for (int t = first; t < Math.Min(first + 24, rates.Length); t++)
            {
                rates[t] *= factor;
            }
        }

        return rates;
    }
}
