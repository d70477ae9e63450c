using System.Globalization;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Benchmarks.Campaigns;

/// <summary>
/// Campaigns whose amplitudes drift and whose planned one has a tier that none before had: error, coverage and width of the amplitude
/// model alone, for tiers that matter little and much.
/// </summary>
internal static class UnseenTierAccuracy
{
    public static void Run(TextWriter output, int seeds)
    {
        foreach (int past in (ReadOnlySpan<int>)[10, 20, 40])
        {
            foreach ((double level, double tier, double drift) in (ReadOnlySpan<(double, double, double)>)[(0.7, 0.15, 0.05), (1.6, 0.15, 0.05), (1.6, 0.3, 0.05), (1.6, 0.3, 0.1)])
                Run(output, seeds, past, level, tier, drift);
        }
    }

    private static void Run(TextWriter output, int seeds, int past, double level, double tier, double drift)
    {
        List<double> errors = [], ratios = [];
        int covered = 0;
        for (int seed = 0; seed < seeds; seed++)
        {
            var random = new RandomStream(seed, 41);
            double mean = level + (0.3 * random.NextNormal()), weekend = 0.4 * random.NextNormal(), hour = 0.2 * random.NextNormal();
            double[] tiers = [tier * random.NextNormal(), tier * random.NextNormal(), tier * random.NextNormal()];
            int seen = 1 + (seed % 2);
            var all = new AmplitudeFeatures[past + 1];
            var amplitudes = new double[past + 1];
            for (int k = 0; k <= past; k++)
            {
                bool planned = k == past;
                int tierOf = planned ? 2 : random.NextInt(seen);
                double day = planned ? (past / 2) + 2 : k / 2, angle = 2 * Math.PI * (12 + random.NextInt(9)) / 24;
                bool isWeekend = (int)day % 7 >= 5;
                mean += drift * random.NextNormal() * Math.Sqrt(planned ? 2 : 0.5);
                all[k] = new AmplitudeFeatures("match", isWeekend, angle, 0, day, [FormattableString.Invariant($"tier {tierOf}")], [], []);
                amplitudes[k] = Math.Max(0.05, mean + tiers[tierOf] + (isWeekend ? weekend : 0) + (hour * Math.Cos(angle)) + (0.15 * random.NextNormal()));
            }

            AmplitudeDistribution predicted = AmplitudeModel.Fit(AmplitudePrior.Default, all.AsSpan(0, past), amplitudes.AsSpan(0, past)).Predict(all[past]);
            errors.Add(predicted.Quantile(0.5) - amplitudes[past]);
            ratios.Add(predicted.Quantile(0.95) - amplitudes[past]);
            covered += ratios[^1] >= 0 ? 1 : 0;
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {level:F1} | {tier:F2} | {drift:F2} | {past} | {errors.Average():F3} | {errors.Average(Math.Abs):F3} | {(double)covered / seeds:F3} | {Math.Exp(ratios.Average()):F2} |"));
    }
}
