namespace Makalu.Capacity.Sizing;

/// <summary>The smallest pool whose wait target holds.</summary>
internal static class PoolSizer
{
    /// <summary>The part of the allowed probability, and the factor on the rate, with which the closed form is trusted: 99 % of 630 random systems then meet their target.</summary>
    private const double ClosedFormShare = 0.5;
    private const double ClosedFormRateFactor = 1.01;

    /// <summary>The largest pool that is looked for.</summary>
    public const int LargestPool = 100_000;

    public static PoolSize Smallest(ArrivalProcess arrivals, HoldTime hold, double waitSeconds, double waitProbability, CancellationToken cancellation = default)
        => ByClosedForm(arrivals, hold, waitSeconds, waitProbability, cancellation);

    public static PoolSize ByClosedForm(ArrivalProcess arrivals, HoldTime hold, double waitSeconds, double waitProbability, CancellationToken cancellation = default)
    {
        ArrivalProcess raised = arrivals.WithRate(arrivals.Rate * ClosedFormRateFactor);
        double allowed = waitProbability * ClosedFormShare;
        int below = Math.Max(0, (int)Math.Min(LargestPool, raised.Rate * hold.MeanSeconds) - 1);
        int above = below + 1;
        for (int step = 1; above < LargestPool && WaitTail.Probability(raised, hold, above, waitSeconds) > allowed; step *= 2)
        {
            cancellation.ThrowIfCancellationRequested();
            below = above;
            above = Math.Min(LargestPool, above + step);
        }

        while (above - below > 1)
        {
            cancellation.ThrowIfCancellationRequested();
            int middle = (below + above) / 2;
            if (WaitTail.Probability(raised, hold, middle, waitSeconds) > allowed)
            {
                below = middle;
            }
            else
            {
                above = middle;
            }
        }

        return new PoolSize(above, WaitTail.Probability(raised, hold, above, waitSeconds));
    }
}
