namespace Makalu.Capacity.Campaigns;

/// <summary>
/// What a campaign's effect is counted in: multiples of the traffic of its time of day (it multiplies), or multiples of the day's
/// level (it adds as many requests at night as at noon). Either way a response r stands for e^r − 1 such units of requests above the baseline.
/// </summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
internal sealed class ResponseScale
{
    private readonly Func<int, double>? _logShape;

    private ResponseScale(Func<int, double>? logShape) => _logShape = logShape;

    public static ResponseScale Multiplicative { get; } = new(null);

    public bool IsAdditive => _logShape is not null;

    /// <summary>Additive: <paramref name="logShape"/> is the log baseline less the log level at a step, counted from the start of the history.</summary>
    public static ResponseScale Additive(Func<int, double> logShape) => new(logShape);

    /// <summary>How much of the baseline one unit is at a step.</summary>
    public double UnitAt(int step) => _logShape is null ? 1 : Math.Exp(-_logShape(step));

    /// <summary>From a deviation of the log traffic from its baseline to a response.</summary>
    public double Response(double deviation, int step)
    {
        if (_logShape is null || double.IsNaN(deviation))
            return deviation;
        double units = (Math.Exp(deviation) - 1) / UnitAt(step);
        return units >= 0 ? Math.Log(1 + units) : -Math.Log(1 - units);
    }

    /// <summary>From a response back to a deviation; what holds visitors back multiplies.</summary>
    public double Deviation(double response, int step)
        => _logShape is null || response <= 0 ? response : Math.Log(1 + (UnitAt(step) * (Math.Exp(response) - 1)));
}
