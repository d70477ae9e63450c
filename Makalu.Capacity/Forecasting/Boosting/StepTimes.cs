using Makalu.Capacity.Campaigns;

namespace Makalu.Capacity.Forecasting.Boosting;

/// <summary>When steps are, and what the calendar knows of them.</summary>
/// <param name="origin">The start of step 0.</param>
/// <param name="step">The length of a step.</param>
/// <param name="campaigns">The campaigns by start.</param>
internal sealed class StepTimes(DateTimeOffset origin, TimeSpan step, IReadOnlyList<Campaign> campaigns)
{
    /// <summary>The length of a step.</summary>
    public TimeSpan Step => step;

    /// <summary>The start of a step.</summary>
    public DateTimeOffset At(int ahead) => origin + (step * ahead);

    /// <summary>The same steps counted from one that is so many earlier.</summary>
    public StepTimes Earlier(int steps) => new(origin - (step * steps), step, campaigns);

    /// <summary>The steps from step 0 that have ended by a time; negative for a time before it.</summary>
    public int StepsUntil(DateTimeOffset time) => (int)Math.Clamp(Math.Floor((time - origin) / step), int.MinValue / 2, int.MaxValue / 2);

    /// <summary>Hours since the start of the latest campaign that runs in the step; −1 where none does.</summary>
    public double HoursIntoCampaign(DateTimeOffset time)
    {
        double into = -1;
        foreach (Campaign campaign in campaigns)
        {
            if (campaign.StartsAt >= time + step)
                break;

            into = campaign.EndsAt > time ? Math.Max((time - campaign.StartsAt).TotalHours, 0) : into;
        }

        return into;
    }

    /// <summary>Hours since the end of the campaign that ended last; infinite where none has.</summary>
    public double HoursSinceCampaign(DateTimeOffset time)
    {
        double since = double.PositiveInfinity;
        foreach (Campaign campaign in campaigns)
        {
            if (campaign.StartsAt >= time)
                break;

            since = campaign.EndsAt <= time ? Math.Min(since, (time - campaign.EndsAt).TotalHours) : since;
        }

        return since;
    }
}
