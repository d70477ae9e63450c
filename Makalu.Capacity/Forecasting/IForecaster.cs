using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Forecasting;

/// <summary>A way to forecast: the seam at which a model of your own can be swapped in.</summary>
/// <remarks>Implementations are immutable and may be shared between threads.</remarks>
public interface IForecaster
{
    /// <summary>The name that reports and <c>--model</c> use.</summary>
    string Name { get; }

    /// <summary>Learns from a history; the origin of the forecast is the end of <paramref name="series"/>.</summary>
    /// <param name="series">Requests per second averaged over each step; NaN where unknown. Nothing after its end may be used.</param>
    /// <param name="calendar">Campaigns past and planned, and incidents to leave out of fitting.</param>
    /// <param name="cancellationToken">Cancels the fit.</param>
    /// <returns>A fitted model, immutable.</returns>
    /// <exception cref="ForecastException">The history is too short or has no known value; the message says how much is needed.</exception>
    IForecastModel Fit(TimeSeries series, CampaignCalendar calendar, CancellationToken cancellationToken = default);
}
