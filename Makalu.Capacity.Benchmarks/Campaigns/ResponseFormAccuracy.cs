using System.Globalization;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Peaks;
using Makalu.Capacity.Series;
using Makalu.Capacity.Tests.Campaigns;

namespace Makalu.Capacity.Benchmarks.Campaigns;

/// <summary>
/// Histories of two kinds of campaigns at random hours that multiply, add, or do one each: how often each kind is taken for what it is, and how far the
/// peaks of four planned campaigns are off.
/// </summary>
internal static class ResponseFormAccuracy
{
    private const int Days = 63;
    private static readonly TimeSpan _step = TimeSpan.FromMinutes(15);

    public static void Run(TextWriter output, int seeds)
    {
        foreach ((string truth, bool tvAdds, bool pushAdds) in (ReadOnlySpan<(string, bool, bool)>)[("both multiply", false, false), ("both add", true, true), ("tv multiplies, push adds", false, true)])
        {
            foreach (int past in (ReadOnlySpan<int>)[16, 24, 48])
                Run(output, seeds, truth, past, tvAdds, pushAdds);
        }
    }

    private static void Run(TextWriter output, int seeds, string truth, int past, bool tvAdds, bool pushAdds)
    {
        List<double> errors = [];
        int covered = 0, tvRight = 0, pushRight = 0;
        for (int seed = 0; seed < seeds; seed++)
        {
            var random = new RandomStream(seed, 2024);
            var amplitudes = new Dictionary<Campaign, double>();
            void Add(string kind, double day) => amplitudes[new Campaign(FormattableString.Invariant($"{kind} {day:F2}"), kind, SyntheticShop.Monday.AddDays(day), SyntheticShop.Monday.AddDays(day).AddHours(2))] = 1 + (0.15 * random.NextNormal());
            for (int k = 0; k < past; k++)
                Add(random.NextInt(2) == 0 ? "tv" : "push", Math.Floor(7 + ((Days - 8.0) * k / past)) + (random.NextInt(22) / 24.0));
            Campaign[] before = [.. amplitudes.Keys];
            foreach ((string kind, double day) in (ReadOnlySpan<(string, double)>)[("tv", 0.125), ("push", 0.625), ("push", 1.125), ("tv", 1.625)])
                Add(kind, Days + day);

            double Response(DateTimeOffset time)
            {
                var joint = default(JointEffect);
                foreach ((Campaign campaign, double amplitude) in amplitudes)
                {
                    if (time < campaign.StartsAt || time > campaign.EndsAt.AddHours(6))
                        continue;
                    bool adds = campaign.Kind == "tv" ? tvAdds : pushAdds;
                    joint = joint.With(amplitude * SyntheticShop.Course(campaign, time), adds ? 100 / Math.Exp(SyntheticShop.LogBaseline(time)) : 1);
                }

                return joint.Logarithm;
            }

            TimeSeries traffic = SyntheticShop.Rates(SyntheticShop.Monday, _step, (Days + 2) * 96, Response, seed);
            IForecastModel model = new CampaignForecaster().Fit(traffic.Before(SyntheticShop.Monday.AddDays(Days)), new CampaignCalendar(amplitudes.Keys));
            Forecast forecast = model.Predict(new PredictionOptions { Horizon = 192, Paths = 1000, Seed = seed });
            ResponseChoice choice = forecast.Report!.Campaigns!.Response;
            tvRight += choice.IsAdditive("tv") == tvAdds ? 1 : 0;
            pushRight += choice.IsAdditive("push") == pushAdds ? 1 : 0;
            foreach (Campaign campaign in amplitudes.Keys.Except(before))
            {
                PeakWindow window = PeakFinder.WindowOf(campaign, _step);
                PeakForecast peak = PeakFinder.Find(forecast, window);
                double actual = Enumerable.Range(0, traffic.Count).Where(i => traffic.TimeAt(i) >= window.StartsAt && traffic.TimeAt(i) < window.EndsAt).Max(i => traffic[i]);
                errors.Add(Math.Log(peak.Quantile(0.5) / actual));
                covered += actual >= peak.Quantile(0.05) && actual <= peak.Quantile(0.95) ? 1 : 0;
            }
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {truth} | {past} | {(double)tvRight / seeds:F2} | {(double)pushRight / seeds:F2} | {errors.Average():F3} | {errors.Average(Math.Abs):F3} | {(double)covered / errors.Count:F3} |"));
    }
}
