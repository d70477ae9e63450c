using Makalu.Capacity.Forecasting.Boosting;
using Makalu.Capacity.Forecasting.Candidates;

namespace Makalu.Capacity.Forecasting.Pool;

/// <summary>Which members a pool tries.</summary>
/// <param name="Name">The name of the model that they make.</param>
/// <param name="IsStandard">Whether the members that know one series alone are among them.</param>
/// <param name="Fleet">The series that further members learn from together; null without them.</param>
internal sealed record PoolMembers(string Name, bool IsStandard, BoostingFleet? Fleet)
{
    /// <summary>The fewest other series that move together with one, where a pool tries the member that shares components with them.</summary>
    private const int FewestSiblings = 2;

    public static PoolMembers Standard { get; } = new(PoolForecaster.ModelName, IsStandard: true, Fleet: null);

    /// <summary>The one member that is tried, where it is one that knows one series alone; null otherwise.</summary>
    public Candidate? Only { get; private init; }

    /// <summary>Whether the square root is not tried: to measure what the choice of the scale brings.</summary>
    public bool StaysOnLogarithm { get; init; }

    /// <summary>One member alone.</summary>
    /// <param name="model">One of <see cref="StandardPool.Models"/>.</param>
    public static PoolMembers Alone(string model) => new(model, IsStandard: false, Fleet: null)
    {
        Only = StandardPool.Named(model) ?? throw new ArgumentException($"Model '{model}' is no member of the pool. Use one of: {string.Join(", ", StandardPool.Models)}.", nameof(model)),
    };

    /// <summary>Whether the one that shares components with the fleet's series is the only member.</summary>
    public bool IsOnlyMultivariate { get; private init; }

    /// <summary>The member alone that shares components with the series of a fleet.</summary>
    public static PoolMembers Multivariate(BoostingFleet fleet) => new(MemberForecaster.MultivariateName, IsStandard: false, fleet) { IsOnlyMultivariate = true };

    /// <summary>The member that this machine cannot run, and why, in words; null where it can.</summary>
    public string? LeftOut => !IsOnlyMultivariate && Fleet?.WhyNoTrees is { } why ? $"'{BoostingForecaster.ModelName}' was left out: {why}" : null;

    /// <summary>The fewest steps before the earliest origin: trees need something to grow on before they can be judged. <see cref="int.MaxValue"/> where a season is needed that is not there.</summary>
    public int FewestBeforeOrigin(SeasonLengths seasons)
        => IsStandard ? 0 : Only is not null ? Only.MinimumHistory(seasons) : IsOnlyMultivariate ? MultivariateSsaCandidate.Needs(seasons) : BoostingFeatures.Needs(seasons) + (3 * seasons.Cycle);

    /// <summary>The members that may be judged at every one of the origins.</summary>
    /// <param name="origins">Two or more.</param>
    /// <param name="values">The history; NaN where unknown.</param>
    /// <param name="transform">The scale that members work on.</param>
    /// <param name="seasons">The seasons in steps.</param>
    /// <param name="effort">How much work it may be.</param>
    /// <param name="end">The end of the history.</param>
    /// <param name="step">The working step.</param>
    /// <param name="cancellationToken">Cancels training.</param>
    /// <exception cref="ForecastException">The fleet's trees are the only member, and this machine cannot grow them.</exception>
    public Candidate[] For(RollingOrigins origins, double[] values, in ValueTransform transform, SeasonLengths seasons, PoolEffort effort, DateTimeOffset end, TimeSpan step, CancellationToken cancellationToken)
    {
        int earliest = origins.Counts[^1];
        if (Only is not null)
            return Only.MinimumHistory(seasons) <= earliest ? [Only] : [];

        Candidate[] standard = IsStandard ? StandardPool.For(earliest, seasons, effort.OnlyLightMembers) : [];
        if (Fleet is null || !effort.WithFleet)
            return standard;

        DateTimeOffset firstJudged = end - (step * (values.Length - earliest));
        Candidate?[] together =
        [
            IsStandard || IsOnlyMultivariate ? Multivariate(values.AsSpan(0, earliest), transform, seasons, end, step, firstJudged) : null,
            IsOnlyMultivariate ? null : Boosting(earliest, seasons, end, step, firstJudged, cancellationToken),
        ];
        return [.. standard, .. together.OfType<Candidate>()];
    }

    private MultivariateSsaCandidate? Multivariate(ReadOnlySpan<double> known, in ValueTransform transform, SeasonLengths seasons, DateTimeOffset end, TimeSpan step, DateTimeOffset firstJudged)
    {
        if (MultivariateSsaCandidate.Needs(seasons) > known.Length)
            return null;

        var transformed = new double[known.Length];
        bool any = false;
        for (int i = 0; i < transformed.Length; i++)
        {
            any |= !double.IsNaN(known[i]);
            transformed[i] = double.IsNaN(known[i]) ? double.NaN : transform.Forward(known[i]);
        }

        return any ? Fleet!.Together(GapFilling.Fill(transformed, seasons), seasons.Cycle, end, step, firstJudged, IsOnlyMultivariate ? 0 : FewestSiblings) : null;
    }

    private BoostingCandidate? Boosting(int earliest, SeasonLengths seasons, DateTimeOffset end, TimeSpan step, DateTimeOffset firstJudged, CancellationToken cancellationToken)
    {
        if (BoostingFeatures.Needs(seasons) > earliest)
            return null;

        if (Fleet!.WhyNoTrees is { } why)
            return IsStandard ? null : throw new ForecastException($"{why} Install what is missing, or choose another model.");

        return Fleet.Member(end, step, firstJudged, cancellationToken);
    }
}
