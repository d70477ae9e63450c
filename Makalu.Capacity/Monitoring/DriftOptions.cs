namespace Makalu.Capacity.Monitoring;

/// <summary>When a model's coverage has left its band, validated together.</summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
public sealed record DriftOptions
{
    /// <summary>The latest forecasts that are examined, 2 or more; default 28.</summary>
    public int Forecasts { get; init; } = 28;

    /// <summary>With fewer forecasts than this nothing is concluded, 2 or more; default 7.</summary>
    public int FewestForecasts { get; init; } = 7;

    /// <summary>
    /// The probability, in each test, of an alarm if the coverage were at the very end of its band, within (0, 0.5); default 0.01. Of a
    /// true model, which is at its middle, an alarm is much rarer.
    /// </summary>
    public double Significance { get; init; } = 0.01;

    /// <summary>
    /// The band's width: coverage is in its band while its odds are within this factor of the quantile's; above 1, default 2. For the 95 %
    /// quantile that is 0.905 to 0.974.
    /// </summary>
    public double OddsFactor { get; init; } = 2;

    /// <summary>How many times the pinball loss may be what the forecasts themselves lead to expect; above 1, default 1.5.</summary>
    public double LossFactor { get; init; } = 1.5;

    /// <summary>Throws when values are out of range, all of them stated together.</summary>
    /// <exception cref="ArgumentException">One or more values are out of range.</exception>
    public void Validate()
    {
        List<string> errors = [];
        if (Forecasts < 2 || FewestForecasts < 2 || FewestForecasts > Forecasts)
        {
            errors.Add(FormattableString.Invariant($"Forecasts {Forecasts} and FewestForecasts {FewestForecasts} must be 2 or more, and the second not above the first."));
        }

        if (!(Significance > 0 && Significance < 0.5))
        {
            errors.Add(FormattableString.Invariant($"Significance {Significance} must lie between 0 and 0.5, both excluded."));
        }

        if (!(OddsFactor > 1 && double.IsFinite(OddsFactor)))
        {
            errors.Add(FormattableString.Invariant($"OddsFactor {OddsFactor} must be above 1."));
        }

        if (!(LossFactor > 1 && double.IsFinite(LossFactor)))
        {
            errors.Add(FormattableString.Invariant($"LossFactor {LossFactor} must be above 1."));
        }

        if (errors.Count > 0)
        {
            throw new ArgumentException(string.Join(" ", errors));
        }
    }
}
