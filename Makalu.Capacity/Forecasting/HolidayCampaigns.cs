using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Forecasting;

/// <summary>Which steps of past holidays a campaign reaches: those tell of the campaign once the holiday is taken off, and not of the holiday.</summary>
internal static class HolidayCampaigns
{
    /// <summary>For each step whether a past campaign reaches it: an hour before its start to three after its end, or a quarter of its duration; on daily traffic its days.</summary>
    public static bool[] Reached(TimeSeries series, CampaignCalendar campaigns)
    {
        var reached = new bool[series.Count];
        bool daily = series.Step >= TimeSpan.FromDays(1);
        foreach (Campaign campaign in campaigns.Campaigns.Where(c => c.StartsAt < series.End))
        {
            ResponseReach reach = daily ? default : ResponseReach.Default(campaign.Duration.TotalMinutes);
            int from = (int)Math.Clamp(Math.Floor((campaign.StartsAt.AddMinutes(-reach.LeadMinutes) - series.Start) / series.Step), 0, series.Count);
            int to = (int)Math.Clamp(Math.Ceiling((campaign.EndsAt.AddMinutes(reach.TailMinutes) - series.Start) / series.Step), 0, series.Count);
            if (to > from)
                reached.AsSpan(from, to - from).Fill(true);
        }

        return reached;
    }

    /// <summary>
    /// The history without its holidays, but for the steps that a campaign reaches too: from those the holiday's expected effect is taken off; and for each step the standard
    /// deviation of what was taken off. Null where no campaign reaches a holiday.
    /// </summary>
    /// <param name="series">The history with its holidays.</param>
    /// <param name="reached">The steps that past campaigns reach.</param>
    /// <param name="holidays">The steps of past holidays.</param>
    /// <param name="response">What was learned of holidays from steps that no campaign reaches.</param>
    /// <param name="without">The history with its holidays unknown.</param>
    /// <param name="offset">What is added before the logarithm is taken.</param>
    public static (TimeSeries History, double[] Deviations)? Uncover(TimeSeries series, bool[] reached, HolidaySteps[] holidays, HolidayResponse response, TimeSeries without, double offset)
    {
        double[]? values = null;
        var deviations = new double[series.Count];
        foreach (HolidaySteps holiday in holidays)
        {
            HolidayEffect? effect = null;
            for (int i = 0; i < holiday.HourOf.Length; i++)
            {
                int step = holiday.First + i;
                if (holiday.HourOf[i] < 0 || !reached[step] || double.IsNaN(series[step]))
                    continue;
                effect ??= response.Predict(holiday.Hours);
                values ??= without.Values.ToArray();
                deviations[step] = effect.Deviation(holiday.HourOf[i]);
                values[step] = Math.Max(((series[step] + offset) * Math.Exp(-effect.Mean(holiday.HourOf[i]))) - offset, 0);
            }
        }

        return values is null ? null : (TimeSeries.FromOwned(series.Start, series.Step, values), deviations);
    }
}
