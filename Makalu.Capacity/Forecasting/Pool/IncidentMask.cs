using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Forecasting.Pool;

/// <summary>Takes the calendar's incidents out of a history: every step that one touches becomes unknown.</summary>
internal static class IncidentMask
{
    public static TimeSeries Apply(TimeSeries series, CampaignCalendar calendar)
    {
        double[]? masked = null;
        foreach (Campaign incident in calendar.Incidents)
        {
            if (incident.EndsAt <= series.Start || incident.StartsAt >= series.End)
                continue;

            int first = Math.Max(0, series.IndexOf(incident.StartsAt));
            int last = Math.Min(series.Count - 1, series.IndexOf(incident.EndsAt - TimeSpan.FromTicks(1)));
            masked ??= series.Values.ToArray();
            Array.Fill(masked, double.NaN, first, last - first + 1);
        }

        return masked is null ? series : TimeSeries.FromOwned(series.Start, series.Step, masked);
    }
}
