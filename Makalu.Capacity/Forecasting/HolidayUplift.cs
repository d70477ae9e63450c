using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Forecasting;

/// <summary>Tells of a past holiday what it did, as of a past campaign: a factor below 1 and requests below 0 are a drop.</summary>
internal static class HolidayUplift
{
    private const double NormalQuantile95 = 1.6449;
    private const double DurationThreshold = 0.1;

    /// <summary>Tells of one holiday.</summary>
    /// <param name="holiday">The holiday's steps.</param>
    /// <param name="deviations">How far the logarithm of each of its hours was from an ordinary one's; NaN where unknown, but not in all.</param>
    /// <param name="series">The history with its holidays.</param>
    /// <param name="ordinary">The ordinary day.</param>
    public static CampaignUplift Of(HolidaySteps holiday, double[] deviations, TimeSeries series, IOrdinaryDay ordinary)
    {
        double seconds = series.Step.TotalSeconds, margin = NormalQuantile95 * ordinary.NoiseDeviation;
        int strongest = Enumerable.Range(0, deviations.Length).Where(k => !double.IsNaN(deviations[k])).MaxBy(k => Math.Abs(deviations[k]));
        double largest = deviations[strongest], extra = 0, level = 0, peak = -1;
        int peakStep = holiday.First, known = 0, above = 0, own = 0, strongestStep = -1;
        for (int i = 0; i < holiday.HourOf.Length; i++)
        {
            int hour = holiday.HourOf[i], step = holiday.First + i;
            if (hour < 0)
                continue;
            own++;
            strongestStep = strongestStep < 0 && hour == strongest ? step : strongestStep;
            if (double.IsNaN(series[step]))
                continue;
            double usual = Math.Exp(ordinary.InSample(step));
            known++;
            level += usual;
            extra += series[step] + ordinary.Offset - usual;
            above += Math.Abs(deviations[hour]) > DurationThreshold * Math.Abs(largest) ? 1 : 0;
            (peak, peakStep) = series[step] > peak ? (series[step], step) : (peak, peakStep);
        }

        return new CampaignUplift
        {
            Campaigns = [holiday.Holiday],
            Factor = Math.Exp(largest),
            FactorLow = Math.Exp(largest - margin),
            FactorHigh = Math.Exp(largest + margin),
            ExtraRequests = extra * seconds,
            ExtraRequestsLow = (extra - (level * (Math.Exp(margin) - 1))) * seconds,
            ExtraRequestsHigh = (extra + (level * (1 - Math.Exp(-margin)))) * seconds,
            PeakRequestsPerSecond = peak,
            BaselineAtPeak = Math.Max(0, Math.Exp(ordinary.InSample(peakStep)) - ordinary.Offset),
            PeakAt = series.TimeAt(peakStep),
            LagOfPeak = series.TimeAt(strongestStep) - holiday.Holiday.StartsAt,
            Duration = series.Step * above,
            Observed = (double)known / own,
        };
    }
}
