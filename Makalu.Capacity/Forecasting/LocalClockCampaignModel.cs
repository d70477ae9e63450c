using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Forecasting;

/// <summary>A model with campaigns that was fitted by the local clock; its forecasts and what it tells of campaigns are put back into UTC.</summary>
internal sealed class LocalClockCampaignModel : LocalClockModel, IPlanningModel
{
    private readonly ICampaignForecastModel _model;
    private readonly LocalCalendar _calendar;
    private readonly ClockShifts _clock;

    public LocalClockCampaignModel(ICampaignForecastModel model, ClockShifts clock, LocalCalendar calendar, TimeSeries series)
        : base(model, clock, calendar, series)
    {
        _model = model;
        _calendar = calendar;
        _clock = clock;
        Uplifts = Array.AsReadOnly<CampaignUplift>([.. model.Uplifts.Select(ToUtc)]);
    }

    public IReadOnlyList<CampaignUplift> Uplifts { get; }

    public Forecast Predict(PredictionOptions options, CampaignCalendar planned, CancellationToken cancellationToken = default)
        => Predict(options, local => _model.Predict(local, _calendar.Of(planned), cancellationToken));

    public IPlannedForecasts Prepare(PredictionOptions options, long spanValues)
    {
        options.Validate();
        int[] places = _clock.Ahead(options.Horizon);
        return new InUtc(this, PlannedForecasts.Of(_model, options with { Horizon = places.Max() + 1 }, spanValues), places);
    }

    private sealed class InUtc(LocalClockCampaignModel model, IPlannedForecasts local, int[] places) : IPlannedForecasts
    {
        public Forecast Predict(CampaignCalendar? planned, CancellationToken cancellationToken)
            => model.ToUtc(local.Predict(planned is null ? null : model._calendar.Of(planned), cancellationToken), places);
    }
}
