using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting.Candidates;
using Makalu.Capacity.Forecasting.Pool;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Forecasting;

/// <summary>
/// Forecasts with the campaigns of the calendar: a baseline learned from the steps that no campaign or incident disturbs, and on
/// top of it for each planned campaign a response whose course is learned per kind and whose size comes from all past campaigns,
/// with its uncertainty.
/// </summary>
/// <remarks>
/// A campaign multiplies the baseline, unless past campaigns tell clearly that they add the same requests at any time of the day. Without campaigns the forecast is the
/// baseline's own, bit for bit. Immutable; safe to share between threads.
/// </remarks>
public sealed class CampaignForecaster : IForecaster
{
    /// <summary>Refits after the first for other lengths of the responses.</summary>
    private const int MostRounds = 3;

    private readonly IForecaster? _baseline;
    private readonly bool _compares = true;

    /// <summary>Creates the forecaster.</summary>
    /// <param name="baseline">
    /// The forecaster of the traffic without campaigns, which is given the history with the fitted effects of its campaigns taken
    /// out and its incidents as unknown, and an empty calendar; by default a level that moves over days plus a shape over weekdays and weekends.
    /// </param>
    public CampaignForecaster(IForecaster? baseline = null) => _baseline = baseline;

    private CampaignForecaster(IForecaster? baseline, bool compares)
    {
        _baseline = baseline;
        _compares = compares;
    }

    /// <inheritdoc/>
    public string Name => _baseline is null ? "campaigns" : "campaigns+" + _baseline.Name;

    /// <summary>The same forecaster without comparing responses and amplitude models, which takes longer than to fit one and does not depend on the baseline.</summary>
    internal CampaignForecaster WithoutComparison() => new(_baseline, compares: false);

    /// <inheritdoc/>
    public IForecastModel Fit(TimeSeries series, CampaignCalendar calendar, CancellationToken cancellationToken = default)
    {
        // What the calendar knows as an incident is explained.
        var outages = Outages.Find(IncidentMask.Apply(series, calendar));
        TimeSeries known = outages.Without();
        (TimeSeries usual, IReadOnlyList<UnannouncedEvent> absurd) = _baseline is null && series.Step == TimeSpan.FromDays(1) ? WithoutAbsurdDays(known, calendar) : (known, []);
        ICampaignForecastModel model = FitWithoutOutages(usual, calendar, cancellationToken);
        return outages.Count + absurd.Count == 0 ? model : new OutageModel(model, [.. outages.Events(), .. absurd]);
    }

    /// <summary>
    /// Daily traffic without rare days of ten times the usual and more that nothing on the calendar comes near: the daily model replays past surprises, and a day of bots would come again in one
    /// path of a few.
    /// </summary>
    private static (TimeSeries Series, IReadOnlyList<UnannouncedEvent> Days) WithoutAbsurdDays(TimeSeries series, CampaignCalendar calendar)
    {
        double[] values = series.Values.ToArray();
        SeasonLengths seasons = SeasonDetection.OfCalendar(series.Step);
        var outliers = Outliers.Find(values, seasons);
        double[] judged = outliers.Judged(values);
        bool isAny = false;
        for (int i = 0; i < values.Length; i++)
        {
            DateTimeOffset day = series.TimeAt(i);
            bool isAbsurd = double.IsNaN(judged[i]) && !double.IsNaN(values[i])
                && !calendar.Campaigns.Any(c => c.StartsAt.AddDays(-DailyProfile.LeadDays) < day.AddDays(1) && day < c.EndsAt.AddDays(DailyProfile.TailDays));
            isAny |= isAbsurd;
            values[i] = isAbsurd ? double.NaN : values[i];
        }

        if (!isAny)
            return (series, []);
        IEnumerable<UnannouncedEvent> events = outliers.Events(series.Values.ToArray(), seasons, series.Step, series.End);
        return (TimeSeries.FromOwned(series.Start, series.Step, values), [.. events.Where(e => double.IsNaN(values[series.IndexOf(e.StartsAt)]) && !double.IsNaN(series[series.IndexOf(e.StartsAt)]))]);
    }

    private ICampaignForecastModel FitWithoutOutages(TimeSeries series, CampaignCalendar calendar, CancellationToken cancellationToken)
    {
        // Daily steps and other baselines know the year themselves.
        if (_baseline is not null || series.Step >= TimeSpan.FromDays(1) || YearlyCourse.Of(WithoutEvents(series, calendar), cancellationToken) is not { } course)
            return FitWithoutYear(series, calendar, cancellationToken);
        return new YearlyCampaignModel(FitWithoutYear(course.Without(series), calendar, cancellationToken), course, series);
    }

    /// <summary>The steps that neither campaign, holiday nor incident reaches; the others unknown.</summary>
    private static TimeSeries WithoutEvents(TimeSeries series, CampaignCalendar calendar)
    {
        bool[] masked = CampaignMask.Of(series, calendar);
        double[] values = [.. IncidentMask.Apply(series, calendar).Values.ToArray().Select((value, i) => masked[i] ? double.NaN : value)];
        return TimeSeries.FromOwned(series.Start, series.Step, values);
    }

    private ICampaignForecastModel FitWithoutYear(TimeSeries series, CampaignCalendar calendar, CancellationToken cancellationToken)
    {
        (IReadOnlyList<Campaign> holidays, CampaignCalendar others) = Holidays.Split(calendar);
        TimeSeries known = IncidentMask.Apply(series, calendar);
        (ICampaignForecastModel model, IOrdinaryDay ordinary) = FitCampaigns(HolidayForecastModel.WithoutHolidays(known, holidays), others, takenOff: null, cancellationToken);
        if (holidays.Count > 0 && HolidayForecastModel.WithCampaignsOnHolidays(ordinary, known, calendar) is { } uncovered)
            (model, ordinary) = FitCampaigns(uncovered.History, others, uncovered.Deviations, cancellationToken);
        return holidays.Count == 0 ? model : HolidayForecastModel.Of(model, ordinary, known, calendar);
    }

    /// <param name="clean">The history.</param>
    /// <param name="calendar">Its campaigns.</param>
    /// <param name="takenOff">For each step the standard deviation of a holiday's effect that was taken off it; null for none.</param>
    /// <param name="cancellationToken">Cancels the fit.</param>
    private (ICampaignForecastModel Model, IOrdinaryDay Ordinary) FitCampaigns(TimeSeries clean, CampaignCalendar calendar, double[]? takenOff, CancellationToken cancellationToken)
    {
        if (clean.Step == TimeSpan.FromDays(1) && _baseline is null)
            return DailyCampaignForecaster.Fit(Name, clean, calendar, baseline: null, cancellationToken);
        if (clean.Step == TimeSpan.FromDays(1) && calendar.Campaigns.All(c => c.StartsAt >= clean.End))
            return DailyCampaignForecaster.Fit(Name, clean, calendar, _baseline!.Fit(clean, CampaignCalendar.Empty, cancellationToken), cancellationToken);
        LevelAndShapeForecaster.RequireKnownSteps(clean);
        (LevelAndShape inSample, CampaignResponse response, ResponseChoice choice) = FitResponse(clean, calendar, takenOff, cancellationToken);
        if (_baseline is null)
            response = PeakSpread.Calibrate(response, inSample, clean);
        IForecastModel? baseline = _baseline?.Fit(WithoutCampaigns(clean, inSample.Offset, response), CampaignCalendar.Empty, cancellationToken);
        return (new CampaignForecastModel(Name, clean, calendar, inSample, response, choice, baseline), inSample);
    }

    /// <summary>
    /// Baseline and response in turn until the responses are as long as the history tells; then the scale and the amplitude model
    /// that tell past campaigns best.
    /// </summary>
    private (LevelAndShape InSample, CampaignResponse Response, ResponseChoice Choice) FitResponse(TimeSeries series, CampaignCalendar calendar, double[]? takenOff, CancellationToken cancellationToken)
    {
        AmplitudePrior prior = AmplitudePrior.Default;
        var reaches = new Dictionary<string, ResponseReach>(StringComparer.Ordinal);
        LevelAndShape inSample;
        TimeSeries deviations;
        CampaignResponse response;
        for (int round = 0; ; round++)
        {
            inSample = LevelAndShape.Fit(series, CampaignMask.Of(series, calendar, reaches));
            deviations = inSample.Deviations();
            response = CampaignResponseFit.Fit(deviations, calendar, prior, inSample.SlowDeviation, reaches, ResponseScales.Multiplicative, cancellationToken, takenOff);
            if (!_compares)
                return (inSample, response, ResponseComparison.TooFew(response.Past.Count));
            Dictionary<string, ResponseReach> estimated = ResponseReachEstimate.Of(response, deviations);
            if (round == MostRounds || estimated.All(e => e.Value == response.ReachOf(e.Key)))
                break;
            reaches = estimated;
        }

        ResponseChoice choice = ResponseComparison.TooFew(response.Past.Count);
        if (response.Past.Count >= ResponseComparison.FewestCampaigns)
        {
            CampaignResponse FitOn(ResponseScales scales) => CampaignResponseFit.Fit(deviations, calendar, prior, inSample.SlowDeviation, reaches, scales, cancellationToken, takenOff);
            (response, choice) = ResponseComparison.Choose(response, ResponseScale.Additive(inSample.Shape), FitOn, deviations, prior);
        }

        return (inSample, response.WithAmplitudesCompared(prior, AmplitudeComparison.Challengers, cancellationToken), choice);
    }

    /// <summary>
    /// The history as it would have been without its campaigns: each observation divided by the fitted factor of the campaigns at that
    /// step. Taking the steps out instead would leave a calendar with a campaign every afternoon no afternoon to learn from.
    /// </summary>
    private static TimeSeries WithoutCampaigns(TimeSeries series, double offset, CampaignResponse response)
    {
        var effects = new JointEffect[series.Count];
        foreach (CampaignCluster past in response.Past)
        {
            PlannedResponse.Of(past, response, series.Start, series.Step, series.Count, stepsBefore: 0).AddFitted(effects);
        }

        double[] values = series.Values.ToArray();
        for (int i = 0; i < values.Length; i++)
        {
            if (effects[i] != default)
            {
                values[i] = Math.Max(((values[i] + offset) * Math.Exp(-effects[i].Logarithm)) - offset, 0);
            }
        }

        return TimeSeries.FromOwned(series.Start, series.Step, values);
    }
}
