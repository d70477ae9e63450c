using System.Globalization;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Benchmarks.Campaigns;

/// <summary>
/// Campaigns on daily traffic whose amplitudes follow a known law, scattered by ±0.2: how well the next one is told by the shrinkage regression without trend and gap, with both, and by
/// what the comparison chose. Amplitudes are those that the fit found in the traffic. Each seed has its own traffic, gaps and audiences.
/// </summary>
internal static class DailyCampaignAccuracy
{
    private const double Scatter = 0.2;
    private const int LeadDays = 60;

    private static readonly (string Name, Func<Circumstances, double> Law)[] _laws =
    [
        ("none", c => 0.3 * c.Audience),
        ("walk", c => (0.3 * c.Audience) + c.Walk),
        ("growth 0.5 a year", c => (0.3 * c.Audience) + (0.5 * c.Years)),
        ("decline 0.3 a year", c => (0.3 * c.Audience) - (0.3 * c.Years)),
        ("fatigue, 7 days", c => (0.3 * c.Audience) - (0.6 * Math.Exp(-c.Gap / 7))),
        ("fatigue, 20 days", c => (0.3 * c.Audience) - (0.6 * Math.Exp(-c.Gap / 20))),
        ("growth and fatigue", c => (0.3 * c.Audience) + (0.2 * c.Years) - (0.6 * Math.Exp(-c.Gap / 20))),
        ("threshold", c => c.Audience > 0.2 ? 0.8 : -0.7),
        ("saturation", c => -0.7 + (1.2 * Math.Clamp(c.Audience + 1, 0, 1))),
    ];

    public static void Run(TextWriter output, int seeds, int[] pasts)
    {
        output.WriteLine("| law | past | error without trend and gap | in 90 % | width | error with both | in 90 % | width | error of the chosen | in 90 % | width | shrinkage | additive | boosted |");
        output.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        foreach ((string name, Func<Circumstances, double> law) in _laws)
        {
            foreach (int past in pasts)
                Run(output, seeds, name, law, past);
        }
    }

    private static void Run(TextWriter output, int seeds, string name, Func<Circumstances, double> law, int past)
    {
        var scores = new Score[3];
        var chosen = new Dictionary<string, int> { ["shrinkage"] = 0, ["additive-trees"] = 0, ["boosted-trees"] = 0 };
        for (int k = 0; k < scores.Length; k++)
            scores[k] = new Score();
        for (int seed = 0; seed < seeds; seed++)
        {
            (TimeSeries history, Campaign[] campaigns, double truth) = Draw(seed, past, law);
            var fit = DailyCampaignFit.Fit(history, new CampaignCalendar(campaigns), CancellationToken.None);
            AmplitudeFeatures[] features = Array.ConvertAll(fit.Past, fit.Space.Of);
            AmplitudeFeatures next = fit.Space.Of(CampaignCluster.Group([campaigns[^1]])[0]);
            IAmplitudeModel Plain(AmplitudePrior prior) => AmplitudeModel.Fit(prior, features, fit.Amplitudes);
            scores[0].Add(Plain(AmplitudePrior.Daily with { Trend = 0, Recency = 0 }).Predict(next), truth);
            scores[1].Add(Plain(AmplitudePrior.Daily).Predict(next), truth);
            scores[2].Add(fit.Model.Predict(next), truth);
            chosen[fit.Choice.Chosen]++;
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {past} | {string.Join(" | ", scores.Select(s => s.ToString()))} | {chosen["shrinkage"]} | {chosen["additive-trees"]} | {chosen["boosted-trees"]} |"));
    }

    /// <summary>Traffic up to between the last but one campaign and the last, all campaigns, and what the last will come to.</summary>
    private static (TimeSeries History, Campaign[] Campaigns, double Truth) Draw(int seed, int past, Func<Circumstances, double> law)
    {
        var random = new RandomStream(seed, 83);
        double mean = 1.3 + (0.3 * random.NextNormal()), walk = 0;
        double[] kinds = [0.2 * random.NextNormal(), 0.2 * random.NextNormal()];
        int[] free = [0, 0];
        int day = LeadDays;
        var campaigns = new Campaign[past + 1];
        var amplitudes = new double[past + 1];
        var days = new int[past + 1];
        var start = new DateTimeOffset(2020, 1, 6, 0, 0, 0, TimeSpan.Zero);
        for (int k = 0; k <= past; k++)
        {
            // Gaps from two days to two months, as many short ones as long ones.
            int kind = random.NextInt(2), length = 1 + random.NextInt(2);
            day += 1 + length + (int)Math.Round(Math.Pow(60, random.NextDouble()));
            double audience = random.NextNormal();
            walk += 0.08 * random.NextNormal();
            var circumstances = new Circumstances(audience, (day - LeadDays) / 365.25, free[kind] == 0 ? 1e6 : day - free[kind], walk);
            amplitudes[k] = Math.Max(0.02, mean + kinds[kind] + law(circumstances) + (Scatter * random.NextNormal()));
            days[k] = day;
            campaigns[k] = new Campaign(FormattableString.Invariant($"campaign {k}"), FormattableString.Invariant($"kind {kind}"), start.AddDays(day), start.AddDays(day + length),
                [KeyValuePair.Create("audience", (10000 * Math.Exp(audience)).ToString("F0", CultureInfo.InvariantCulture))]);
            free[kind] = day + length;
        }

        int origin = Math.Max(days[past] - 10, (int)(campaigns[past - 1].EndsAt - start).TotalDays + 1);
        var values = new double[origin];
        double swing = 0, noise = 0, phase = 2 * Math.PI * random.NextDouble();
        for (int t = 0; t < origin; t++)
        {
            swing = (0.97 * swing) + (0.03 * random.NextNormal());
            noise = (0.4 * noise) + (0.08 * random.NextNormal());
            values[t] = 100 * Math.Exp(swing + noise + (0.3 * Math.Sin((2 * Math.PI * t / 365.25) + phase)) - (t % 7 >= 5 ? 0.2 : 0));
        }

        for (int k = 0; k < past; k++)
        {
            int length = (int)campaigns[k].Duration.TotalDays;
            for (int t = days[k]; t <= days[k] + length && t < origin; t++)
                values[t] *= Math.Exp(amplitudes[k] * (t == days[k] ? 1 : t < days[k] + length ? 0.7 : 0.2));
        }

        return (new TimeSeries(start, TimeSpan.FromDays(1), values), campaigns, amplitudes[past]);
    }

    /// <param name="Audience">Its logarithm against the typical one.</param>
    /// <param name="Years">Since the first campaigns.</param>
    /// <param name="Gap">Days since the last of its kind ended.</param>
    /// <param name="Walk">A random walk of ±0.08 a campaign.</param>
    private sealed record Circumstances(double Audience, double Years, double Gap, double Walk);

    private sealed class Score
    {
        private readonly List<double> _errors = [];
        private readonly List<double> _widths = [];
        private int _covered;

        public void Add(AmplitudeDistribution told, double truth)
        {
            double low = told.Quantile(0.05), high = told.Quantile(0.95);
            _errors.Add(Math.Abs(told.Quantile(0.5) - truth));
            _widths.Add(high - low);
            _covered += truth >= low && truth <= high ? 1 : 0;
        }

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{_errors.Average():F3} | {(double)_covered / _errors.Count:F3} | {_widths.Average():F2}");
    }
}
