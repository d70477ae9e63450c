using System.Globalization;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Benchmarks.Campaigns;

/// <summary>
/// Amplitudes that grow steadily, or that suffer from a campaign of the kind shortly before, or neither: error, coverage and width of the amplitude model with and
/// without the columns that tell it. Each seed has its own gaps, audiences and scatter.
/// </summary>
internal static class AmplitudeChangeAccuracy
{
    private const double Scatter = 0.2;

    /// <summary>Days from one campaign to the next, on average.</summary>
    private const double MeanGap = 4.05;

    public static void Run(TextWriter output, int seeds)
    {
        AmplitudePrior full = AmplitudePrior.Default;
        (string Name, AmplitudePrior Prior)[] models =
        [
            ("neither", full with { Trend = 0, Recency = 0 }),
            ("trend", full with { Recency = 0 }),
            ("recency", full with { Trend = 0 }),
            ("both", full),
        ];
        (string Name, double Growth, double Fatigue, double Days, double Walk)[] laws =
        [
            ("none", 0, 0, 3, 0), ("walk", 0, 0, 3, 0.08), ("growth 10 %", 0.095, 0, 3, 0), ("growth 3 %", 0.03, 0, 3, 0), ("decline 3 %", -0.03, 0, 3, 0),
            ("fatigue, 3 days", 0, 0.6, 3, 0), ("fatigue, 10 days", 0, 0.6, 10, 0), ("fatigue, 1 day", 0, 0.6, 1, 0), ("growth and fatigue", 0.03, 0.6, 3, 0),
        ];
        foreach ((string name, double growth, double fatigue, double days, double walk) in laws)
        {
            foreach (int past in (ReadOnlySpan<int>)[6, 12, 24, 48])
            {
                output.Write(FormattableString.Invariant($"| {name} | {past} |"));
                foreach ((_, AmplitudePrior prior) in models)
                {
                    List<double> errors = [], widths = [];
                    int covered = 0;
                    for (int seed = 0; seed < seeds; seed++)
                    {
                        (AmplitudeFeatures[] all, double[] amplitudes) = Draw(seed, past, growth, fatigue, days, walk);
                        AmplitudeDistribution predicted = AmplitudeModel.Fit(prior, all.AsSpan(0, past), amplitudes.AsSpan(0, past)).Predict(all[past]);
                        double low = predicted.Quantile(0.05), high = predicted.Quantile(0.95);
                        errors.Add(predicted.Quantile(0.5) - amplitudes[past]);
                        widths.Add(high - low);
                        covered += amplitudes[past] >= low && amplitudes[past] <= high ? 1 : 0;
                    }

                    output.Write(string.Create(CultureInfo.InvariantCulture, $" {errors.Average(Math.Abs):F3} | {(double)covered / seeds:F3} | {widths.Average():F2} |"));
                }

                output.WriteLine();
            }
        }
    }

    private static (AmplitudeFeatures[] All, double[] Amplitudes) Draw(int seed, int past, double growth, double fatigue, double memory, double walk)
    {
        var random = new RandomStream(seed, 71);
        double mean = 1.2 + (0.3 * random.NextNormal()), day = 0;
        double[] kinds = [0.2 * random.NextNormal(), 0.2 * random.NextNormal()], last = [double.NegativeInfinity, double.NegativeInfinity];
        var all = new AmplitudeFeatures[past + 1];
        var amplitudes = new double[past + 1];
        for (int k = 0; k <= past; k++)
        {
            // Gaps from half a day to a fortnight, as many short ones as long ones.
            day += 0.5 * Math.Pow(28, random.NextDouble());
            int kind = random.NextInt(2);
            double logarithm = random.NextNormal(), angle = 2 * Math.PI * (8 + random.NextInt(12)) / 24, since = day - last[kind];
            last[kind] = day;
            all[k] = new AmplitudeFeatures(FormattableString.Invariant($"kind {kind}"), (int)day % 7 >= 5, angle, 0, day, [], [], [logarithm]) { DaysSinceKind = since };
            mean += walk * random.NextNormal();
            amplitudes[k] = Math.Max(0.02, mean + kinds[kind] + (0.3 * logarithm) + (growth * day / MeanGap) - (fatigue * Math.Exp(-since / memory)) + (Scatter * random.NextNormal()));
        }

        return (all, amplitudes);
    }
}
