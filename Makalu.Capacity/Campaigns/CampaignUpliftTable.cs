using Makalu.Capacity.Series;

namespace Makalu.Capacity.Campaigns;

/// <summary>Tells for each past cluster what it did: factor, requests, peak, lag, duration.</summary>
internal static class CampaignUpliftTable
{
    private const double NormalQuantile95 = 1.6449;
    private const double DurationThreshold = 0.1;

    /// <summary>Tells the uplift of each past cluster of a response.</summary>
    /// <param name="response">The fitted response.</param>
    /// <param name="series">The traffic in requests per second.</param>
    /// <param name="baseline">The fitted log baseline of a step.</param>
    /// <param name="offset">What was added to the traffic before its logarithm was taken.</param>
    public static CampaignUplift[] Of(CampaignResponse response, TimeSeries series, Func<int, double> baseline, double offset)
    {
        var effects = new (int First, double[] Log)[response.Past.Count];
        var total = new double[series.Count];
        for (int j = 0; j < effects.Length; j++)
        {
            effects[j] = EffectOf(response, j, series);
            for (int i = 0; i < effects[j].Log.Length; i++)
                total[effects[j].First + i] += Math.Max(effects[j].Log[i], 0);
        }

        return [.. Enumerable.Range(0, effects.Length).Select(j => Row(response, j, effects[j].First, effects[j].Log, total, series, baseline, offset))];
    }

    private static (int First, double[] Log) EffectOf(CampaignResponse response, int j, TimeSeries series)
    {
        CampaignCluster cluster = response.Past[j];
        ResponseProfile profile = response.ProfileOf(cluster);
        (int from, int to) = ResponseRows.Reach(cluster, profile, series.Start, series.Step, series.Count);
        var effect = new double[Math.Max(0, to - from)];
        for (int i = 0; i < effect.Length; i++)
            effect[i] = response.Amplitudes[j] * ResponseRows.ValueOf(series.TimeAt(from + i), series.Step, cluster, profile);
        return (from, effect);
    }

    private static CampaignUplift Row(CampaignResponse response, int j, int first, double[] effect, double[] total, TimeSeries series, Func<int, double> baseline, double offset)
    {
        CampaignCluster cluster = response.Past[j];
        double amplitude = response.Amplitudes[j], margin = NormalQuantile95 * response.AmplitudeDeviations[j];
        double low = Math.Max(0, amplitude - margin) / amplitude, high = (amplitude + margin) / amplitude;
        double extra = 0, fitted = 0, fittedLow = 0, fittedHigh = 0, peak = 0;
        int peakStep = first, largest = 0, above = 0, known = 0;
        for (int i = 0; i < effect.Length; i++)
        {
            double level = Math.Exp(baseline(first + i));
            double share = total[first + i] > 0 ? Math.Max(effect[i], 0) / total[first + i] : 0;
            double explained = level * (Math.Exp(effect[i]) - 1);
            fitted += explained;
            fittedLow += level * (Math.Exp(effect[i] * low) - 1);
            fittedHigh += level * (Math.Exp(effect[i] * high) - 1);
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

            largest = effect[i] > effect[largest] ? i : largest;
            above += effect[i] > DurationThreshold * amplitude ? 1 : 0;
        }

        double seconds = series.Step.TotalSeconds;
        return new CampaignUplift
        {
            Campaigns = cluster.Members,
            Factor = Math.Exp(amplitude),
            FactorLow = Math.Exp(amplitude * low),
            FactorHigh = Math.Exp(amplitude * high),
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
