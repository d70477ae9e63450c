using Makalu.Capacity.Series;

namespace Makalu.Capacity.Campaigns;

/// <summary>Tells for each past cluster what it did: factor, requests, peak, lag, duration.</summary>
internal static class CampaignUpliftTable
{
    private const double NormalQuantile95 = 1.6449;
    private const double DurationThreshold = 0.1;

    /// <summary>Tells the uplift of each past cluster.</summary>
    /// <param name="effects">What was fitted of each cluster.</param>
    /// <param name="series">The traffic in requests per second.</param>
    /// <param name="baseline">The fitted log baseline of a step.</param>
    /// <param name="offset">What was added to the traffic before its logarithm was taken.</param>
    public static CampaignUplift[] Of(FittedEffect[] effects, TimeSeries series, Func<int, double> baseline, double offset)
    {
        var total = new double[series.Count];
        foreach (FittedEffect effect in effects)
        {
            for (int i = 0; i < effect.Logarithms.Length; i++)
                total[effect.FirstStep + i] += Math.Max(effect.FactorAt(i, 1) - 1, 0);
        }

        return Array.ConvertAll(effects, e => Row(e, total, series, baseline, offset));
    }

    private static CampaignUplift Row(FittedEffect fittedEffect, double[] total, TimeSeries series, Func<int, double> baseline, double offset)
    {
        CampaignCluster cluster = fittedEffect.Cluster;
        double[] effect = fittedEffect.Logarithms;
        int first = fittedEffect.FirstStep;
        double amplitude = Math.Max(fittedEffect.Amplitude, 1e-6), margin = NormalQuantile95 * fittedEffect.Deviation;
        double low = Math.Max(0, amplitude - margin) / amplitude, high = (amplitude + margin) / amplitude;
        double extra = 0, fitted = 0, fittedLow = 0, fittedHigh = 0, peak = 0;
        int peakStep = first, largest = 0, above = 0, known = 0;
        for (int i = 0; i < effect.Length; i++)
        {
            double level = Math.Exp(baseline(first + i));
            double factorHere = fittedEffect.FactorAt(i, 1);
            double share = total[first + i] > 0 ? Math.Max(factorHere - 1, 0) / total[first + i] : 0;
            double explained = level * (factorHere - 1);
            fitted += explained;
            fittedLow += level * (fittedEffect.FactorAt(i, low) - 1);
            fittedHigh += level * (fittedEffect.FactorAt(i, high) - 1);
            double value = series[first + i];
            extra += double.IsNaN(value) ? explained : share * (value + offset - level);
            if (!double.IsNaN(value))
            {
                known++;
                if (value > peak)
                {
                    peak = value;
                    peakStep = first + i;
                }
            }

            largest = factorHere > fittedEffect.FactorAt(largest, 1) ? i : largest;
            above += effect[i] > DurationThreshold * amplitude ? 1 : 0;
        }

        double LargestFactor(double strength) => fittedEffect.Units is null || effect.Length == 0 ? Math.Exp(amplitude * strength) : fittedEffect.FactorAt(largest, strength);
        double seconds = series.Step.TotalSeconds;
        return new CampaignUplift
        {
            Campaigns = cluster.Members,
            Factor = LargestFactor(1),
            FactorLow = LargestFactor(low),
            FactorHigh = LargestFactor(high),
            ExtraRequests = extra * seconds,
            ExtraRequestsLow = (extra + fittedLow - fitted) * seconds,
            ExtraRequestsHigh = (extra + fittedHigh - fitted) * seconds,
            PeakRequestsPerSecond = peak,
            BaselineAtPeak = Math.Max(0, Math.Exp(baseline(peakStep)) - offset),
            PeakAt = series.TimeAt(peakStep),
            LagOfPeak = series.TimeAt(first + largest) - cluster.StartsAt,
            Duration = series.Step * above,
            Observed = effect.Length == 0 ? 0 : (double)known / effect.Length,
        };
    }
}
