using Makalu.Capacity.Series;

namespace Makalu.Capacity.Peaks;

/// <summary>What a history tells of how bursty its requests are at any level: learned once, asked for every peak.</summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
internal sealed class Burstiness
{
    private readonly DispersionLaw? _atOneSecond;
    private readonly DispersionLaw? _atTenthOfSecond;

    private Burstiness(BurstFactor? factor, DispersionLaw? atOneSecond, DispersionLaw? atTenthOfSecond)
    {
        Factor = factor;
        _atOneSecond = atOneSecond;
        _atTenthOfSecond = atTenthOfSecond;
    }

    /// <summary>From step average to busiest second; null where the history does not know it.</summary>
    public BurstFactor? Factor { get; }

    public static Burstiness Of(RequestHistory history) => new(
        BurstFactor.Fit(history),
        DispersionLaw.Fit(history, history.DispersionAtOneSecond),
        DispersionLaw.Fit(history, history.DispersionAtTenthOfSecond));

    /// <summary>The index of dispersion of counts of one second at a level; null where unknown.</summary>
    public double? DispersionAtOneSecond(double requestsPerSecond) => _atOneSecond?.At(requestsPerSecond);

    /// <summary>The index of dispersion of counts of a tenth of a second at a level; null where unknown.</summary>
    public double? DispersionAtTenthOfSecond(double requestsPerSecond) => _atTenthOfSecond?.At(requestsPerSecond);
}
