namespace Makalu.Capacity.Sizing;

/// <summary>
/// The arrivals at the peak: a Poisson stream of bursts (geometric batches) whose rate itself may swing slowly. Two scales
/// are kept apart because bursts and slow swings of the same dispersion at one second need different pools.
/// </summary>
internal readonly record struct ArrivalProcess
{
    /// <summary>Requests per second.</summary>
    public required double Rate { get; init; }

    /// <summary>The index of dispersion of counts in short windows: 1 for Poisson, above for bursts.</summary>
    public double BurstDispersion { get; init; }

    /// <summary>Variance ÷ mean² of the rate over about a second; 0 for a steady rate.</summary>
    public double RateVariation { get; init; }

    /// <summary>Splits the indices of dispersion of counts I(0.1 s) and I(1 s) into a fast part D = I(0.1 s) − 0.1·m and a slow part m = (I(1 s) − I(0.1 s))/0.9.</summary>
    public static ArrivalProcess FromDispersion(double rate, double dispersionAtOneSecond, double? dispersionAtTenthOfSecond)
    {
        double fast = Math.Max(1, dispersionAtTenthOfSecond ?? dispersionAtOneSecond);
        double atOneSecond = Math.Max(1, dispersionAtOneSecond);
        double slow = Math.Max(0, (atOneSecond - fast) / 0.9);
        return new ArrivalProcess
        {
            Rate = rate,
            BurstDispersion = Math.Max(1, fast - (0.1 * slow)),
            RateVariation = rate > 0 ? 1.3 * slow / rate : 0,
        };
    }

    /// <summary>
    /// What one of several receivers sees when each request goes to it with a probability (random routing): the rate is thinned,
    /// the fast dispersion shrinks to 1 + (D − 1)·probability, and the slow swing of the rate is common to all.
    /// </summary>
    public ArrivalProcess Thin(double probability) => this with
    {
        Rate = Rate * probability,
        BurstDispersion = 1 + ((BurstDispersion - 1) * Math.Min(1, probability)),
    };

    /// <summary>Arrivals of connections where each request takes several at once: the rate and the dispersion grow by that number.</summary>
    public ArrivalProcess Multiply(int connectionsPerRequest) => this with
    {
        Rate = Rate * connectionsPerRequest,
        BurstDispersion = BurstDispersion * connectionsPerRequest,
    };

    /// <summary>The same shape at another rate.</summary>
    public ArrivalProcess WithRate(double rate) => this with { Rate = rate };
}
