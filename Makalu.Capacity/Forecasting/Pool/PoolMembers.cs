using Makalu.Capacity.Forecasting.Boosting;
using Makalu.Capacity.Forecasting.Candidates;

namespace Makalu.Capacity.Forecasting.Pool;

/// <summary>Which members a pool tries.</summary>
/// <param name="Name">The name of the model that they make.</param>
/// <param name="IsStandard">Whether the members that know one series alone are among them.</param>
/// <param name="Fleet">The series that one further member is trained on together; null without it.</param>
internal sealed record PoolMembers(string Name, bool IsStandard, BoostingFleet? Fleet)
{
    public static PoolMembers Standard { get; } = new(PoolForecaster.ModelName, IsStandard: true, Fleet: null);

    /// <summary>The fewest steps before the earliest origin: trees need something to grow on before they can be judged.</summary>
    public int FewestBeforeOrigin(SeasonLengths seasons) => IsStandard ? 0 : BoostingFeatures.Needs(seasons) + (3 * seasons.Cycle);

    /// <summary>The members that may be judged at every one of the origins.</summary>
    /// <param name="origins">Two or more.</param>
    /// <param name="count">The length of the history.</param>
    /// <param name="seasons">The seasons in steps.</param>
    /// <param name="onlyLight">Whether the members that take most of the time are left out.</param>
    /// <param name="end">The end of the history.</param>
    /// <param name="step">The working step.</param>
    /// <param name="cancellationToken">Cancels training.</param>
    public Candidate[] For(RollingOrigins origins, int count, SeasonLengths seasons, bool onlyLight, DateTimeOffset end, TimeSpan step, CancellationToken cancellationToken)
    {
        int earliest = origins.Counts[^1];
        Candidate[] standard = IsStandard ? StandardPool.For(earliest, seasons, onlyLight) : [];
        if (Fleet is null || onlyLight || BoostingFeatures.Needs(seasons) > earliest)
            return standard;

        try
        {
            return Fleet.Member(end, step, end - (step * (count - earliest)), cancellationToken) is { } member ? [.. standard, member] : standard;
        }
        catch (ForecastException) when (IsStandard)
        {
            // LightGBM is not there for this machine: the pool does without.
            return standard;
        }
    }
}
