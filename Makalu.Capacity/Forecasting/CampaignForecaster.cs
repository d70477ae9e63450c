using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Forecasting;

/// <summary>
/// Forecasts with the campaigns of the calendar: a baseline learned from the steps that no campaign or incident disturbs, and on
/// top of it for each planned campaign a response whose course is learned per kind and whose size comes from all past campaigns,
/// with its uncertainty.
/// </summary>
/// <remarks>
/// The response is additive on the logarithm: a campaign multiplies the baseline. Without campaigns the forecast is the
/// baseline's own, bit for bit. Immutable; safe to share between threads.
/// </remarks>
public sealed class CampaignForecaster : IForecaster
{
    private readonly IForecaster? _baseline;
    private readonly IReadOnlyList<IAmplitudeRegression> _challengers = AmplitudeComparison.Challengers;

    /// <summary>Creates the forecaster.</summary>
    /// <param name="baseline">
    /// The forecaster of the traffic without campaigns, which is given the history with the fitted effects of its campaigns taken
    /// out and its incidents as unknown, and an empty calendar; by default a level that moves over days plus a shape over weekdays and weekends.
    /// </param>
    public CampaignForecaster(IForecaster? baseline = null) => _baseline = baseline;

    private CampaignForecaster(IForecaster? baseline, IReadOnlyList<IAmplitudeRegression> challengers)
    {
        _baseline = baseline;
        _challengers = challengers;
    }

    /// <inheritdoc/>
    public string Name => _baseline is null ? "campaigns" : "campaigns+" + _baseline.Name;

    /// <summary>The same forecaster without comparing amplitude models, which takes longer than to fit one and does not depend on the baseline.</summary>
    internal CampaignForecaster WithoutComparison() => new(_baseline, []);

    /// <inheritdoc/>
    public IForecastModel Fit(TimeSeries series, CampaignCalendar calendar, CancellationToken cancellationToken = default)
    {
        if (series.Step == TimeSpan.FromDays(1) && _baseline is null)
            return new DailyCampaignForecaster().Fit(series, calendar, cancellationToken);
        TimeSeries clean = IncidentMask.Apply(series, calendar);
        LevelAndShapeForecaster.RequireKnownSteps(clean);
        bool[] masked = CampaignMask.Of(clean, calendar);
        var inSample = LevelAndShape.Fit(clean, masked);
        CampaignResponse response = CampaignResponseFit.Fit(inSample.Deviations(), calendar, AmplitudePrior.Default, inSample.SlowDeviation, _challengers, cancellationToken);
        IForecastModel? baseline = _baseline?.Fit(WithoutCampaigns(clean, inSample.Offset, response), CampaignCalendar.Empty, cancellationToken);
        return new CampaignForecastModel(Name, clean, calendar, inSample, response, baseline);
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
            PlannedResponse.Of(past, response, series.Start, series.Step, series.Count).AddFitted(effects);
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
