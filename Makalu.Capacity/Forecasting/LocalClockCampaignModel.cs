using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Forecasting;

/// <summary>A model with campaigns that was fitted by the local clock; its forecasts and what it tells of campaigns are put back into UTC.</summary>
internal sealed class LocalClockCampaignModel(ICampaignForecastModel model, ClockShifts clock, LocalCalendar calendar, TimeSeries series)
    : LocalClockModel(model, clock, calendar, series), ICampaignForecastModel
{
    private readonly LocalCalendar _calendar = calendar;

    public IReadOnlyList<CampaignUplift> Uplifts { get; } = Array.AsReadOnly<CampaignUplift>(
        [.. model.Uplifts.Select(u => u with { Campaigns = [.. u.Campaigns.Select(calendar.Original)], PeakAt = clock.ToUtc(u.PeakAt) })]);

    public Forecast Predict(PredictionOptions options, CampaignCalendar planned, CancellationToken cancellationToken = default)
        => Predict(options, local => model.Predict(local, _calendar.Of(planned), cancellationToken));
}
