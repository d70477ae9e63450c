using System.Globalization;
using System.Numerics.Tensors;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Series;
using Makalu.Capacity.Tests.Forecasting.Pool;

namespace Makalu.Capacity.Benchmarks.Accuracy;

/// <summary>
/// Stated quantiles of the maximum against how often they truly hold, on processes whose law is known: for each run a history of
/// 28 days, a forecast of three, and true futures from where the history left off.
/// </summary>
internal static class KnownProcesses
{
    private const int HistoryDays = 28;
    private const int HorizonDays = 3;
    private const int Futures = 100;
    private static readonly double[] Probabilities = [0.5, 0.9, 0.95, 0.99];

    public static void Run(int runs, bool onlyCampaigns)
    {
        Console.WriteLine($"process | runs | true probability below the stated 50 %, 90 %, 95 %, 99 % quantile of the maximum over {HorizonDays} days | stated ÷ true 95 % quantile");
        if (!onlyCampaigns)
        {
            Evaluate(new() { Name = "Poisson, 1,500 a step at noon", NoonRate = 5 }, runs, campaigns: null);
            Evaluate(new() { Name = "Poisson, 9 a step at noon", NoonRate = 0.03 }, runs, campaigns: null);
            Evaluate(new() { Name = "over-dispersed, index 20", NoonRate = 5, Dispersion = 20 }, runs, campaigns: null);
            Evaluate(new() { Name = "autoregressive over 6 hours", NoonRate = 5, WanderingDeviation = 0.2 }, runs, campaigns: null);
            Evaluate(new() { Name = "autoregressive over 2 days", NoonRate = 5, WanderingDeviation = 0.2, WanderingMemory = TimeSpan.FromDays(2) }, runs, campaigns: null);
            Evaluate(new() { Name = "hourly, index 200 and wandering", Step = TimeSpan.FromHours(1), NoonRate = 5, Dispersion = 200, WanderingDeviation = 0.15 }, runs, campaigns: null);
        }

        Evaluate(new() { Name = "over-dispersed, with campaigns of about 2.5 times", NoonRate = 5, Dispersion = 20 }, runs, new CampaignLaw(EveryDays: 3, Scatter: 0.2));
        if (!onlyCampaigns)
            return;
        foreach ((int everyDays, double scatter, double wandering) in (ReadOnlySpan<(int, double, double)>)[(7, 0.2, 0), (1, 0.2, 0), (3, 0.1, 0), (3, 0.4, 0), (3, 0.2, 0.2), (1, 0.2, 0.2)])
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"every {everyDays} days, scatter {scatter}, {(wandering > 0 ? "autoregressive over 2 days" : "over-dispersed")}");
            Evaluate(new() { Name = name, NoonRate = 5, Dispersion = 20, WanderingDeviation = wandering, WanderingMemory = TimeSpan.FromDays(2) }, runs, new CampaignLaw(everyDays, scatter));
        }
    }

    private static void Evaluate(SimulatedTraffic process, int runs, CampaignLaw? campaigns)
    {
        int horizon = (int)(TimeSpan.FromDays(HorizonDays) / process.Step);
        var results = new (double[] Below, double Width)[runs];
        Parallel.For(0, runs, run => results[run] = One(process, run, horizon, campaigns));
        string below = string.Join(" ", Probabilities.Select((_, q) => results.Average(r => r.Below[q]).ToString("0.000", CultureInfo.InvariantCulture)));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{process.Name} | {runs} | {below} | {results.Average(r => r.Width):0.00}"));
    }

    private static (double[] Below, double Width) One(SimulatedTraffic process, int run, int horizon, CampaignLaw? campaigns)
    {
        var random = new RandomStream(run + 1);
        (TimeSeries history, double wandering) = process.History(HistoryDays, random);
        CampaignCalendar calendar = CampaignCalendar.Empty;
        if (campaigns is not null)
        {
            double[] values = history.Values.ToArray();
            Campaign[] all = [.. Enumerable.Range(0, ((HistoryDays + HorizonDays) / campaigns.EveryDays) + 1).Select(k => CampaignOn(history.Start, (campaigns.EveryDays * k) + 1 + (HistoryDays % campaigns.EveryDays)))];
            foreach (Campaign past in all.Where(c => c.EndsAt <= history.End))
            {
                Raise(values, history.IndexOf(past.StartsAt), history.Step, campaigns.Factor(random));
            }

            history = new TimeSeries(history.Start, history.Step, values);
            calendar = new CampaignCalendar(all);
        }

        IForecaster forecaster = campaigns is not null ? new CampaignForecaster() : new PoolForecaster();
        Forecast forecast = forecaster.Fit(history, calendar).Predict(new PredictionOptions { Horizon = horizon, Paths = 400, Seed = run });
        double[] stated = [.. Enumerable.Range(0, forecast.PathCount).Select(p => TensorPrimitives.Max(forecast.Path(p)))];
        var truth = new double[Futures];
        for (int f = 0; f < Futures; f++)
        {
            double[] future = process.Future(history.Count, horizon, wandering, random);
            foreach (Campaign planned in calendar.Campaigns.Where(c => c.StartsAt >= history.End && c.StartsAt < history.End.AddDays(HorizonDays)))
            {
                Raise(future, (int)((planned.StartsAt - history.End) / history.Step), history.Step, campaigns?.Factor(random) ?? 1);
            }

            truth[f] = TensorPrimitives.Max<double>(future);
        }

        double[] quantiles = [.. Probabilities.Select(p => SampleQuantile.Of(stated, p))];
        return ([.. quantiles.Select(q => truth.Count(t => t <= q) / (double)Futures)], quantiles[2] / SampleQuantile.Of(truth, 0.95));
    }

    /// <summary>Two hours from noon of a day.</summary>
    private static Campaign CampaignOn(DateTimeOffset start, int day)
        => new(FormattableString.Invariant($"campaign {day}"), "email", start.AddDays(day).AddHours(12), start.AddDays(day).AddHours(14));

    private static void Raise(double[] values, int first, TimeSpan step, double factor)
    {
        int count = (int)(TimeSpan.FromHours(2) / step);
        for (int i = first; i < Math.Min(first + count, values.Length); i++)
        {
            values[i] *= factor;
        }
    }

    /// <summary>Campaigns of one kind, each of its own factor, about 2.5.</summary>
    private sealed record CampaignLaw(int EveryDays, double Scatter)
    {
        public double Factor(RandomStream random) => 2.5 * Math.Exp(Scatter * random.NextNormal());
    }
}
