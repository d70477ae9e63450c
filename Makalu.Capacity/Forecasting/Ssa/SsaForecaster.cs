using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Forecasting.Ssa;

/// <summary>
/// Plain SSA as a forecaster: on the log scale where all values are positive, with incidents left out and gaps filled in place, window,
/// rank and method by rolling origin. Campaigns are not modelled. Paths are the forecast plus whole error curves that the same model
/// made from earlier origins, so that they carry the errors' growth and correlation.
/// </summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
public sealed class SsaForecaster : IForecaster
{
    private const int MinimumKnown = 24;
    private readonly SsaOptions _options;

    /// <summary>Creates a forecaster.</summary>
    /// <param name="options">Null to choose everything from the series.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public SsaForecaster(SsaOptions? options = null)
    {
        _options = options ?? new SsaOptions();
        _options.Validate();
    }

    /// <inheritdoc/>
    public string Name => "ssa";

    /// <inheritdoc/>
    public IForecastModel Fit(TimeSeries series, CampaignCalendar calendar, CancellationToken cancellationToken = default)
    {
        double[] values = series.Values.ToArray();
        foreach (Campaign incident in calendar.Incidents)
        {
            for (int t = Math.Max(0, series.IndexOf(incident.StartsAt)); t < values.Length && series.TimeAt(t) < incident.EndsAt; t++)
            {
                values[t] = double.NaN;
            }
        }

        int known = 0;
        bool positive = true;
        foreach (double value in values)
        {
            known += double.IsNaN(value) ? 0 : 1;
            positive &= !(value <= 0);
        }

        if (known < MinimumKnown)
        {
            throw new ForecastException($"SSA needs at least {MinimumKnown} known observations; got {known} of {values.Length}. Supply {MinimumKnown - known} more.");
        }

        if (positive)
        {
            for (int t = 0; t < values.Length; t++)
            {
                values[t] = Math.Log(values[t]);
            }
        }

        double[] complete = SsaGapFilling.Complete(values, _options, cancellationToken).ToArray();
        SsaModel model = SsaModel.Fit(complete, _options, cancellationToken);
        return new SsaForecastModel(series.End, series.Step, complete, positive, model);
    }
}
