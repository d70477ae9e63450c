using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Forecasting;

/// <summary>Level and shape as a forecaster of its own: what <see cref="CampaignForecaster"/> does when nothing is on the calendar.</summary>
internal sealed class LevelAndShapeForecaster : IForecaster
{
    private const int FewestKnown = 4;

    public string Name => "level-and-shape";

    public IForecastModel Fit(TimeSeries series, CampaignCalendar calendar, CancellationToken cancellationToken = default)
    {
        RequireKnownSteps(series);
        return new Model(LevelAndShape.Fit(series, new bool[series.Count]), series.Step);
    }

    public static void RequireKnownSteps(TimeSeries series)
    {
        int known = series.Count - series.MissingCount;
        if (known < FewestKnown)
            throw new ForecastException(FormattableString.Invariant($"The history has {known} known steps before {series.End.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}; at least {FewestKnown} are needed. Supply {FewestKnown - known} more, or start the forecast later."));
    }

    internal sealed class Model(LevelAndShape fit, TimeSpan step) : IForecastModel
    {
        public LevelAndShape LevelAndShape => fit;

        public Forecast Predict(PredictionOptions options, CancellationToken cancellationToken = default)
        {
            options.Validate();
            return Forecast.FromOwned(fit.Origin, step, options.Horizon, new LevelAndShapePaths(fit, options, cancellationToken).Values, model: "level-and-shape");
        }
    }
}
