namespace Makalu.Capacity.Forecasting.Ssa;

/// <summary>Components that belong together, and the part of the series they carry.</summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
public sealed class SsaGroup
{
    private readonly int[] _components;
    private readonly double[] _values;

    internal SsaGroup(SsaGroupKind kind, double period, int[] components, double share, double[] values)
    {
        Kind = kind;
        Period = period;
        _components = components;
        Share = share;
        _values = values;
    }

    /// <summary>What the group stands for.</summary>
    public SsaGroupKind Kind { get; }

    /// <summary>The period in steps of a season; positive infinity for the trend, NaN for noise.</summary>
    public double Period { get; }

    /// <summary>The components, by falling eigenvalue; for noise those that were found, besides all that were not.</summary>
    public ReadOnlySpan<int> Components => _components;

    /// <summary>The part of the windows' total variation that the group carries, a fraction.</summary>
    public double Share { get; }

    /// <summary>The group's part of the series, one value for each step. The parts of all groups add up to the series.</summary>
    public ReadOnlySpan<double> Values => _values;
}
