using System.Diagnostics;
using System.Globalization;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Benchmarks.Campaigns;

/// <summary>The amplitude models on campaigns of known laws: how often each is chosen, its error on new campaigns, and what the comparison costs.</summary>
internal static class AmplitudeModelAccuracy
{
    private const int Coming = 40;

    public static IReadOnlyList<(string Name, Func<AmplitudeFeatures, double> Law)> Laws { get; } =
    [
        ("slope", f => 1 + (0.4 * f.Logarithms[0]) + (f.Weekend ? 0.2 : 0)),
        ("threshold", f => f.Logarithms[0] > 0.2 ? 1.9 : 0.4),
        ("saturation", f => 0.4 + (1.4 * Math.Min(1, Math.Max(0, f.Logarithms[0] + 1)))),
        ("lunch hour", f => 0.6 + (0.3 * f.Logarithms[0]) + (f.HourAngle is > 3.1 and < 3.9 ? 0.9 : 0)),
    ];

    public static AmplitudeFeatures[] Draw(RandomStream random, int count)
        => [.. Enumerable.Range(0, count).Select(day => new AmplitudeFeatures(
            random.NextInt(2) == 0 ? "email" : "tv", day % 7 >= 5, 2 * Math.PI * random.NextInt(24) / 24, 0, day, [], [], [3 * (random.NextDouble() - 0.5)]))];

    public static void Run(TextWriter output, int seeds)
    {
        foreach ((string name, Func<AmplitudeFeatures, double> law) in Laws)
        {
            foreach (int past in (ReadOnlySpan<int>)[40, 80, 160])
                Run(output, seeds, name, law, past);
        }
    }

    private static void Run(TextWriter output, int seeds, string name, Func<AmplitudeFeatures, double> law, int past)
    {
        var chosen = new Dictionary<string, int> { ["shrinkage"] = 0, ["additive-trees"] = 0, ["boosted-trees"] = 0 };
        double shrinkageError = 0, error = 0;
        int covered = 0;
        long ticks = 0;
        for (int seed = 0; seed < seeds; seed++)
        {
            var random = new RandomStream(seed, 31);
            AmplitudeFeatures[] all = Draw(random, past + Coming);
            double[] amplitudes = Array.ConvertAll(all, f => law(f) + (0.2 * random.NextNormal()));
            AmplitudeModel shrinkage = AmplitudeModel.Fit(AmplitudePrior.Default, all.AsSpan(0, past), amplitudes.AsSpan(0, past));
            long start = Stopwatch.GetTimestamp();
            (IAmplitudeModel model, AmplitudeChoice choice) = AmplitudeComparison.Choose(AmplitudePrior.Default, all[..past], amplitudes[..past], variances: null, shrinkage, AmplitudeComparison.Challengers, CancellationToken.None);
            ticks += Stopwatch.GetTimestamp() - start;
            chosen[choice.Chosen]++;
            for (int i = past; i < all.Length; i++)
            {
                AmplitudeDistribution distribution = model.Predict(all[i]);
                shrinkageError += Math.Abs(shrinkage.Predict(all[i]).Mean - amplitudes[i]);
                error += Math.Abs(distribution.Mean - amplitudes[i]);
                covered += amplitudes[i] >= distribution.Quantile(0.05) && amplitudes[i] <= distribution.Quantile(0.95) ? 1 : 0;
            }
        }

        double n = seeds * Coming;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {past} | {chosen["shrinkage"]} | {chosen["additive-trees"]} | {chosen["boosted-trees"]} | {shrinkageError / n:F3} | {error / n:F3} | {covered / n:F3} | {Stopwatch.GetElapsedTime(0, ticks).TotalMilliseconds / seeds:F0} |"));
    }
}
