using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Forecasting;

/// <summary>A fitted <see cref="CampaignForecaster"/>: baseline paths, multiplied by the drawn effects of the planned campaigns.</summary>
internal sealed class CampaignForecastModel : IPlanningModel
{
    private const string Reason = "A level that moves over days and a shape over weekdays and weekends, with what past campaigns did on top.";

    private readonly CampaignReport _learned;

    public CampaignForecastModel(string name, TimeSeries series, CampaignCalendar calendar, LevelAndShape inSample, CampaignResponse response, ResponseChoice responseChoice, IForecastModel? baseline)
    {
        Origin = series.End;
        Step = series.Step;
        Calendar = calendar;
        InSample = inSample;
        Response = response;
        StepsBefore = series.Count;
        Baseline = baseline;
        Name = name;
        Uplifts = Array.AsReadOnly(CampaignUpliftTable.Of([.. Enumerable.Range(0, response.Past.Count).Select(j => response.EffectOf(j, series))], series, inSample.InSample, inSample.Offset));
        _learned = new CampaignReport { Uplifts = Uplifts, Kinds = response.Reaches(), Response = responseChoice, Amplitudes = response.Choice, Unannounced = inSample.Unannounced(series) };
    }

    public CampaignResponse Response { get; }

    public IReadOnlyList<CampaignUplift> Uplifts { get; }

    public Forecast Predict(PredictionOptions options, CancellationToken cancellationToken = default)
        => Prepare(options, spanValues: 0).Predict(planned: null, cancellationToken);

    public Forecast Predict(PredictionOptions options, CampaignCalendar planned, CancellationToken cancellationToken = default)
        => Prepare(options, spanValues: 0).Predict(planned, cancellationToken);

    public IPlannedForecasts Prepare(PredictionOptions options, long spanValues)
    {
        options.Validate();
        return new PlannedCampaignForecasts(this, options, spanValues);
    }

    public DateTimeOffset Origin { get; }

    public TimeSpan Step { get; }

    public string Name { get; }

    /// <summary>The calendar that was learned from.</summary>
    public CampaignCalendar Calendar { get; }

    public LevelAndShape InSample { get; }

    /// <summary>The steps of the history.</summary>
    public int StepsBefore { get; }

    /// <summary>The baseline that was asked for; null for level and shape.</summary>
    public IForecastModel? Baseline { get; }

    /// <summary>What a forecast tells of how it came about.</summary>
    /// <param name="baseline">What the baseline's own forecast tells.</param>
    public ForecastReport Report(ForecastReport? baseline) => (baseline ?? new ForecastReport { Reason = Reason }) with { Campaigns = _learned };
}
