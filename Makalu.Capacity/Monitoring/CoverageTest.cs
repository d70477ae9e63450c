using MathNet.Numerics;
using MathNet.Numerics.Distributions;

namespace Makalu.Capacity.Monitoring;

/// <summary>Whether a quantile's coverage has left its band, beyond what chance explains.</summary>
/// <remarks>
/// Steps of one forecast err together, so that they count for less than their number. By how much is the design effect: the variance of
/// the forecasts' numbers of exceedances ÷ that of independent steps (Kish, "Survey Sampling", 1965), times (1 + r)/(1 − r) where r is the
/// correlation of one forecast's with the next one's. The evidence is divided by it before the tests.
/// </remarks>
public sealed record CoverageTest
{
    /// <summary>As many forecasts' worth of belief, before any is seen, that a forecast's steps come in <see cref="PriorParts"/> parts that each err together.</summary>
    private const double PriorForecasts = 7;
    private const double PriorParts = 4;

    /// <summary>What is covered: <c>step</c>, <c>day</c> or <c>campaign</c>; of the last two the peaks.</summary>
    public required string Subject { get; init; }

    /// <summary>The quantile, a fraction.</summary>
    public required double Quantile { get; init; }

    /// <summary>The number of steps or windows.</summary>
    public required int Count { get; init; }

    /// <summary>The number of independent ones that they are worth.</summary>
    public required double EffectiveCount { get; init; }

    /// <summary>The part at or below the quantile, a fraction.</summary>
    public required double Coverage { get; init; }

    /// <summary>The lower end of the band, a fraction.</summary>
    public required double BandLow { get; init; }

    /// <summary>The upper end of the band, a fraction.</summary>
    public required double BandHigh { get; init; }

    /// <summary>
    /// The probability of evidence so strong against coverage equal to the quantile, by the likelihood ratio with one degree of freedom (Kupiec,
    /// "Techniques for Verifying the Accuracy of Risk Measurement Models", Journal of Derivatives 3, 1995).
    /// </summary>
    public required double KupiecProbability { get; init; }

    /// <summary>The probability of so little coverage if the true one were at the band's lower end (binomial).</summary>
    public required double BelowBandProbability { get; init; }

    /// <summary>The probability of so much coverage if the true one were at the band's upper end (binomial).</summary>
    public required double AboveBandProbability { get; init; }

    /// <summary>Tests the coverage of blocks, each of one forecast: how many were counted in it, and how many were covered.</summary>
    internal static CoverageTest Of(string subject, double quantile, double oddsFactor, IReadOnlyList<(int Count, int Covered)> blocks)
    {
        int count = blocks.Sum(b => b.Count);
        int exceeded = count - blocks.Sum(b => b.Covered);
        double low = ScaleOdds(quantile, 1 / oddsFactor);
        double high = ScaleOdds(quantile, oddsFactor);

        // Where next to nothing was exceeded, or all, its variance says nothing about how steps err together.
        double effect = DesignEffect(blocks, Math.Clamp((double)exceeded / count, (1 - quantile) / 4, 1 - (quantile / 4)));
        double n = count / effect;
        double x = exceeded / effect;
        return new CoverageTest
        {
            Subject = subject,
            Quantile = quantile,
            Count = count,
            EffectiveCount = n,
            Coverage = 1 - ((double)exceeded / count),
            BandLow = low,
            BandHigh = high,
            KupiecProbability = 1 - ChiSquared.CDF(1, Math.Max(0, LikelihoodRatio(n, x, 1 - quantile))),

            // P(X ≥ x) and P(X ≤ x) of a binomial variable, by the incomplete beta function, which also takes discounted counts.
            BelowBandProbability = x <= 0 ? 1 : SpecialFunctions.BetaRegularized(x, n - x + 1, 1 - low),
            AboveBandProbability = x >= n ? 1 : 1 - SpecialFunctions.BetaRegularized(x + 1, n - x, 1 - high),
        };
    }

    /// <summary>How many times the variance of the blocks' exceedances is that of independent ones; at least 1.</summary>
    private static double DesignEffect(IReadOnlyList<(int Count, int Covered)> blocks, double probability)
    {
        double[] residuals = [.. blocks.Select(b => (b.Count - b.Covered - (b.Count * probability)) / Math.Sqrt(b.Count * probability * (1 - probability)))];
        double prior = Math.Max(1, blocks.Average(b => b.Count) / PriorParts);
        double effect = Math.Max(1, (residuals.Sum(r => r * r) + (PriorForecasts * prior)) / (blocks.Count + PriorForecasts));
        double correlation = Math.Clamp(Autocorrelation(residuals), 0, 0.8);
        return effect * (1 + correlation) / (1 - correlation);
    }

    /// <summary>The correlation of each value with the next, about their own mean; 0 of a constant.</summary>
    private static double Autocorrelation(double[] values)
    {
        double mean = values.Average();
        double squares = values.Sum(v => (v - mean) * (v - mean));
        double products = 0;
        for (int i = 1; i < values.Length; i++)
        {
            products += (values[i] - mean) * (values[i - 1] - mean);
        }

        return squares > 1e-12 ? products / squares : 0;
    }

    private static double LikelihoodRatio(double n, double x, double p)
    {
        double rate = x / n;
        double saturated = (x > 0 ? x * Math.Log(rate) : 0) + (x < n ? (n - x) * Math.Log(1 - rate) : 0);
        return 2 * (saturated - (x * Math.Log(p)) - ((n - x) * Math.Log(1 - p)));
    }

    private static double ScaleOdds(double probability, double factor)
    {
        double odds = factor * probability / (1 - probability);
        return odds / (1 + odds);
    }
}
