using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Forecasting;

/// <summary>A model with campaigns that was fitted by the local clock; its forecasts and what it tells of campaigns are put back into UTC.</summary>
internal sealed class LocalClockCampaignModel : LocalClockModel, ICampaignForecastModel
{
    private readonly ICampaignForecastModel _model;
    private readonly LocalCalendar _calendar;

    public LocalClockCampaignModel(ICampaignForecastModel model, ClockShifts clock, LocalCalendar calendar, TimeSeries series)
        : base(model, clock, calendar, series)
    {
        _model = model;
        _calendar = calendar;
        Uplifts = Array.AsReadOnly<CampaignUplift>([.. model.Uplifts.Select(ToUtc)]);
    }

    public IReadOnlyList<CampaignUplift> Uplifts { get; }

    public Forecast Predict(PredictionOptions options, CampaignCalendar planned, CancellationToken cancellationToken = default)
        => Predict(options, local => _model.Predict(local, _calendar.Of(planned), cancellationToken));
}
