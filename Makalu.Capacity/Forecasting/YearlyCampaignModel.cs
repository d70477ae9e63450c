using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Forecasting;

/// <summary>A model with campaigns of a history from which the year was taken; its forecasts, and the requests that it counts, get it back.</summary>
internal sealed class YearlyCampaignModel : IPlanningModel
{
    private readonly ICampaignForecastModel _model;
    private readonly YearlyCourse _course;
    private readonly DateTimeOffset _origin;
    private readonly TimeSpan _step;

    /// <param name="model">The model.</param>
    /// <param name="course">What was taken from the history.</param>
    /// <param name="series">The history as it was.</param>
    public YearlyCampaignModel(ICampaignForecastModel model, YearlyCourse course, TimeSeries series)
    {
        _model = model;
        _course = course;
        _origin = series.End;
        _step = series.Step;
        Uplifts = Array.AsReadOnly<CampaignUplift>([.. model.Uplifts.Select(WithYear)]);
    }

    public IReadOnlyList<CampaignUplift> Uplifts { get; }

    public Forecast Predict(PredictionOptions options, CancellationToken cancellationToken = default)
        => WithYear(_model.Predict(options, cancellationToken), options.Seed, cancellationToken);

    public Forecast Predict(PredictionOptions options, CampaignCalendar planned, CancellationToken cancellationToken = default)
        => WithYear(_model.Predict(options, planned, cancellationToken), options.Seed, cancellationToken);

    public IPlannedForecasts Prepare(PredictionOptions options, long spanValues) => new Planned(this, PlannedForecasts.Of(_model, options, spanValues), options.Seed);

    private Forecast WithYear(Forecast forecast, int seed, CancellationToken cancellationToken)
    {
        Forecast whole = _course.With(forecast, seed, cancellationToken);
        return whole.Report is { Campaigns: { } learned } report
            ? whole.With(report with { Campaigns = learned with { Uplifts = Uplifts, Unannounced = [.. learned.Unannounced.Select(WithYear)] } })
            : whole;
    }

    private CampaignUplift WithYear(CampaignUplift uplift)
    {
        double factor = FactorAt(uplift.PeakAt);
        return uplift with
        {
            ExtraRequests = uplift.ExtraRequests * factor,
            ExtraRequestsLow = uplift.ExtraRequestsLow * factor,
            ExtraRequestsHigh = uplift.ExtraRequestsHigh * factor,
            PeakRequestsPerSecond = uplift.PeakRequestsPerSecond * factor,
            BaselineAtPeak = uplift.BaselineAtPeak * factor,
        };
    }

    private UnannouncedEvent WithYear(UnannouncedEvent found) => found with { ExtraRequests = found.ExtraRequests * FactorAt(found.StartsAt) };

    /// <summary>The factor on a step that begins at a time.</summary>
    private double FactorAt(DateTimeOffset time) => _course.Before((_origin - time - (_step / 2)).TotalDays);

    private sealed class Planned(YearlyCampaignModel model, IPlannedForecasts forecasts, int seed) : IPlannedForecasts
    {
        public Forecast Predict(CampaignCalendar? planned, CancellationToken cancellationToken)
            => model.WithYear(forecasts.Predict(planned, cancellationToken), seed, cancellationToken);
    }
}
