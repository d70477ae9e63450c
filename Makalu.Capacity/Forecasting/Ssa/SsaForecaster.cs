using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Forecasting.Ssa;

/// <summary>
/// Plain SSA as a forecaster: on the log scale where all values are positive, with incidents left out and gaps filled in place, window,
/// rank and method by rolling origin. Campaigns are not modelled. Paths are the forecast plus whole error curves that the same model
/// made from earlier origins, so that they carry the errors' growth and correlation.
/// </summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
public sealed class SsaForecaster : IContinuingForecaster
{
    internal const string ModelName = "ssa";

    private const int MinimumKnown = 24;
    private const byte SavedVersion = 1;
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
    public string Name => ModelName;

    /// <inheritdoc/>
    public IForecastModel Fit(TimeSeries series, CampaignCalendar calendar, CancellationToken cancellationToken = default)
    {
        double[] complete = Complete(series, calendar, out bool isLogarithmic, out double highest, cancellationToken);
        return new SsaForecastModel(series.End, series.Step, complete, highest, isLogarithmic, SsaModel.Fit(complete, _options, cancellationToken));
    }

    void IContinuingForecaster.Save(IForecastModel model, Stream stream)
    {
        var fitted = (SsaForecastModel)model;
        stream.WriteByte(SavedVersion);
        stream.WriteByte(fitted.IsLogarithmic ? (byte)1 : (byte)0);
        fitted.Model.Save(stream);
    }

    /// <summary>Keeps window, rank and method, and starts the search for components from those of the model before.</summary>
    IForecastModel? IContinuingForecaster.Continue(Stream saved, TimeSeries series, CampaignCalendar calendar, CancellationToken cancellationToken)
    {
        if (saved.ReadByte() != SavedVersion)
            throw new InvalidDataException("What was kept of the model is of another version. Fit it anew.");

        bool wasLogarithmic = saved.ReadByte() == 1;
        var before = SsaModel.Load(saved);
        double[] complete = Complete(series, calendar, out bool isLogarithmic, out double highest, cancellationToken);
        return isLogarithmic == wasLogarithmic && complete.Length >= 2 * before.WindowLength
            ? new SsaForecastModel(series.End, series.Step, complete, highest, isLogarithmic, before.Refit(complete, cancellationToken))
            : null;
    }

    /// <summary>The history without incidents and gaps, on the log scale where all values are positive.</summary>
    private double[] Complete(TimeSeries series, CampaignCalendar calendar, out bool isLogarithmic, out double highest, CancellationToken cancellationToken)
    {
        double[] values = IncidentMask.Apply(series, calendar).Values.ToArray();
        int known = 0;
        isLogarithmic = true;
        foreach (double value in values)
        {
            known += double.IsNaN(value) ? 0 : 1;
            isLogarithmic &= !(value <= 0);
        }

        if (known < MinimumKnown)
        {
            throw new ForecastException($"SSA needs at least {MinimumKnown} known observations; got {known} of {values.Length}. Supply {MinimumKnown - known} more.");
        }

        if (isLogarithmic)
        {
            for (int t = 0; t < values.Length; t++)
            {
                values[t] = Math.Log(values[t]);
            }
        }

        highest = double.NegativeInfinity;
        foreach (double value in values)
        {
            highest = value > highest ? value : highest;
        }

        return SsaGapFilling.Complete(values, _options, cancellationToken).ToArray();
    }
}
