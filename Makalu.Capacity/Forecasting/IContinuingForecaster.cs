using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Forecasting;

/// <summary>A forecaster whose search for a model is long: what was found is kept, and the next fit starts from it.</summary>
internal interface IContinuingForecaster : IForecaster
{
    /// <summary>Keeps what the next fit can start from.</summary>
    /// <param name="model">A model of this forecaster.</param>
    /// <param name="stream">Where to; left open.</param>
    void Save(IForecastModel model, Stream stream);

    /// <summary>Fits to a newer history of the same series, starting from what <see cref="Save"/> kept.</summary>
    /// <returns>The model; null where what was kept does not fit the history, which must then be searched anew.</returns>
    /// <exception cref="InvalidDataException">The stream holds something else, or a newer version of it.</exception>
    IForecastModel? Continue(Stream saved, TimeSeries series, CampaignCalendar calendar, CancellationToken cancellationToken);
}
