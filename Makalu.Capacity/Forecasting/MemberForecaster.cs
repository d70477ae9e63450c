using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting.Pool;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Forecasting;

/// <summary>
/// Forecasts by one member of <see cref="PoolForecaster"/> alone; the paths carry the errors that it made at rolling origins, as those of the
/// pool do.
/// </summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
internal sealed class MemberForecaster : IForecaster
{
    private readonly PoolMembers _members;

    /// <param name="model">One of <see cref="StandardPool.Models"/>.</param>
    public MemberForecaster(string model) => _members = PoolMembers.Alone(model);

    public string Name => _members.Name;

    public IForecastModel Fit(TimeSeries series, CampaignCalendar calendar, CancellationToken cancellationToken = default)
        => new PoolModel(PoolForecaster.Known(series, calendar, cancellationToken), _members);
}
