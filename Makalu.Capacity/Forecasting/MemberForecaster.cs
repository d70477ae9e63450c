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
    /// <summary>The name of the member that shares components with the series of a fleet.</summary>
    internal const string MultivariateName = "multivariate-ssa";

    private readonly PoolMembers? _members;
    private readonly BoostingFleet? _fleet;

    /// <param name="model">One of <see cref="StandardPool.Models"/>.</param>
    public MemberForecaster(string model) => _members = PoolMembers.Alone(model);

    /// <summary>The member that shares components with the series that move together with the one that is forecast.</summary>
    /// <param name="fleet">The series; null for each by itself.</param>
    public MemberForecaster(BoostingFleet? fleet) => _fleet = fleet;

    public string Name => _members?.Name ?? MultivariateName;

    public IForecastModel Fit(TimeSeries series, CampaignCalendar calendar, CancellationToken cancellationToken = default)
    {
        TimeSeries fitted = PoolForecaster.Known(series, calendar, cancellationToken);
        return new PoolModel(fitted, _members ?? PoolMembers.Multivariate(_fleet ?? new BoostingFleet([fitted], calendar)));
    }
}
