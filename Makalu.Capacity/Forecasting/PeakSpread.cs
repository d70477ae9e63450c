using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Forecasting;

/// <summary>
/// Learns from past campaigns how far their peaks lay from what was known before each of them, its amplitude from the campaigns before it and its
/// level from the steps before its day, against how far the two together were expected to lie. Their errors may offset each other: a day whose level
/// was told too low has its campaign told too high. What the ratio leaves over is the scatter of the campaigns to come; what no past campaign
/// had (a kind, a stage) keeps its whole width.
/// </summary>
/// <remarks>
/// A campaign that brings its public whatever the day is otherwise has an amplitude that is lower by as much as the level is higher: the two together then vary by the level's variance less than the
/// amplitude alone. More than that they cannot offset. How far amplitudes scatter the amplitude model has learned from the same campaigns, and the few that are judged here must not tell it again.
/// </remarks>
internal static class PeakSpread
{
    /// <summary>The first campaigns are told from the prior alone, and say nothing of its calibration.</summary>
    private const int FewestBefore = 6;

    private const int MostCampaigns = 40;
    private const double HalfLifeDays = 28;

    /// <summary>As many days' worth of belief that the spread is as expected.</summary>
    private const double PriorDays = 2;

    private const double Narrowest = 0.5;
    private const double Widest = 1.5;

    /// <summary>The response with the amplitude model's scatter so that the peaks of past campaigns would have lain as far as stated.</summary>
    public static CampaignResponse Calibrate(CampaignResponse response, LevelAndShape baseline, TimeSeries series)
    {
        if (response.Model is not AmplitudeModel model || response.Scales.AnyAdditive || response.Past.Count <= FewestBefore)
            return response;
        (double Error, double Variance)[] ahead = model.OneAhead();
        double levelVariance = Square(baseline.LevelDeviationAtOrigin) + (Square(baseline.LevelDeviationPerDay) / 2);
        int first = Math.Max(FewestBefore, ahead.Length - MostCampaigns);
        IGrouping<DateTime, int>[] days = [.. Enumerable.Range(first, ahead.Length - first).GroupBy(j => response.Past[j].StartsAt.UtcDateTime.Date)];
        double[] levels = baseline.LevelsBefore(Array.ConvertAll(days, d => series.IndexOf(new DateTimeOffset(d.Key, TimeSpan.Zero))));

        // Campaigns of one day share its level: a day counts once.
        double sum = PriorDays, count = PriorDays;
        for (int d = 0; d < days.Length; d++)
        {
            if (double.IsNaN(levels[d]))
                continue;
            double weight = Math.Pow(2, -(series.End.UtcDateTime.Date - days[d].Key).TotalDays / HalfLifeDays);
            sum += weight * days[d].Average(j =>
            {
                int middle = Math.Clamp(series.IndexOf(response.Past[j].Middle), 0, series.Count - 1);
                return Square(ahead[j].Error + baseline.LevelOf(middle) - levels[d]) / (ahead[j].Variance + levelVariance);
            });
            count += weight;
        }

        double offset = Math.Sqrt(Math.Max(0, model.ScatterVariance - levelVariance) / (model.ScatterVariance + levelVariance));
        return response.WithModel(model.WithSpread(Math.Clamp(Math.Sqrt(sum / count), Math.Max(offset, Narrowest), Widest), levelVariance));
    }

    private static double Square(double value) => value * value;
}
