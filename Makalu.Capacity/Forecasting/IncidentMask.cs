using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Forecasting;

/// <summary>Takes the calendar's incidents out of a history: their steps become unknown.</summary>
internal static class IncidentMask
{
    public static TimeSeries Apply(TimeSeries series, CampaignCalendar calendar)
    {
        if (calendar.Incidents.Count == 0)
        {
            return series;
        }

        double[] values = series.Values.ToArray();
        foreach (Campaign incident in calendar.Incidents)
        {
            if (incident.EndsAt <= series.Start || incident.StartsAt >= series.End)
            {
                continue;
            }

            int first = Math.Max(0, series.IndexOf(incident.StartsAt));
            int last = Math.Min(series.Count - 1, series.IndexOf(incident.EndsAt - TimeSpan.FromTicks(1)));
            values.AsSpan(first, last - first + 1).Fill(double.NaN);
        }

        return TimeSeries.FromOwned(series.Start, series.Step, values);
    }
}
