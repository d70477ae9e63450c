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

    /// <summary>The one member that is tried, where it is one that knows one series alone; null otherwise.</summary>
    public Candidate? Only { get; private init; }

    /// <summary>One member alone.</summary>
    /// <param name="model">One of <see cref="StandardPool.Models"/>.</param>
    public static PoolMembers Alone(string model) => new(model, IsStandard: false, Fleet: null)
    {
        Only = StandardPool.Named(model) ?? throw new ArgumentException($"Model '{model}' is no member of the pool. Use one of: {string.Join(", ", StandardPool.Models)}.", nameof(model)),
    };

    /// <summary>The member that this machine cannot run, and why, in words; null where it can.</summary>
    public string? LeftOut => Fleet?.WhyNoTrees is { } why ? $"'{BoostingForecaster.ModelName}' was left out: {why}" : null;

    /// <summary>The fewest steps before the earliest origin: trees need something to grow on before they can be judged. <see cref="int.MaxValue"/> where a season is needed that is not there.</summary>
    public int FewestBeforeOrigin(SeasonLengths seasons)
        => IsStandard ? 0 : Only is not null ? Only.MinimumHistory(seasons) : BoostingFeatures.Needs(seasons) + (3 * seasons.Cycle);

    /// <summary>The members that may be judged at every one of the origins.</summary>
    /// <param name="origins">Two or more.</param>
    /// <param name="count">The length of the history.</param>
    /// <param name="seasons">The seasons in steps.</param>
    /// <param name="effort">How much work it may be.</param>
    /// <param name="end">The end of the history.</param>
    /// <param name="step">The working step.</param>
    /// <param name="cancellationToken">Cancels training.</param>
    /// <exception cref="ForecastException">The fleet's trees are the only member, and this machine cannot grow them.</exception>
    public Candidate[] For(RollingOrigins origins, int count, SeasonLengths seasons, PoolEffort effort, DateTimeOffset end, TimeSpan step, CancellationToken cancellationToken)
    {
        int earliest = origins.Counts[^1];
        if (Only is not null)
            return Only.MinimumHistory(seasons) <= earliest ? [Only] : [];

        Candidate[] standard = IsStandard ? StandardPool.For(earliest, seasons, effort.OnlyLightMembers) : [];
        if (Fleet is null || !effort.WithFleet || BoostingFeatures.Needs(seasons) > earliest)
            return standard;

        if (Fleet.WhyNoTrees is { } why)
            return IsStandard ? standard : throw new ForecastException($"{why} Install what is missing, or choose another model.");

        return Fleet.Member(end, step, end - (step * (count - earliest)), cancellationToken) is { } member ? [.. standard, member] : standard;
    }
}
