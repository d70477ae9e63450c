namespace Makalu.Capacity.Sizing;

/// <summary>The smallest pool whose wait target holds: a small simulation decides, a closed form brackets it.</summary>
/// <remarks>
/// Measured on random systems that it was not tuned on (docs/sizing.md): textbook Erlang C meets the target in 56 % of systems, the closed
/// form with half the allowed probability in 99 %, the simulation in practically all, and within one connection or 10 % of the best.
/// </remarks>
internal static class PoolSizer
{
    /// <summary>The part of the allowed probability, and the factor on the rate, with which the closed form is trusted.</summary>
    private const double ClosedFormShare = 0.5;
    private const double ClosedFormRateFactor = 1.01;

    /// <summary>The same for the simulation.</summary>
    private const double SimulationShare = 0.7;
    private const double SimulationRateFactor = 1.02;

    /// <summary>Fewer late requests than these in a simulation say too little about their probability.</summary>
    private const int FewestLate = 30;

    /// <summary>A swinging rate must be seen for as many seconds before a simulation of it is trusted alone.</summary>
    private const double ShortestSwing = 120;

    /// <summary>Above this load the simulated time is only some hundred holds, and the closed form is at its best.</summary>
    private const double LargestSimulatedLoad = 200;

    /// <summary>The largest pool that is looked for.</summary>
    public const int LargestPool = 100_000;

    public static PoolSize Smallest(ArrivalProcess arrivals, HoldTime hold, double waitSeconds, double waitProbability, CancellationToken cancellation = default)
    {
        PoolSize closedForm = ByClosedForm(arrivals, hold, waitSeconds, waitProbability, cancellation);
        int limit = (int)(waitProbability * SimulationShare * PoolSimulation.Counted);
        if (arrivals.Rate <= 0 || limit < FewestLate || arrivals.Rate * hold.MeanSeconds > LargestSimulatedLoad)
            return closedForm;

        using var simulation = new PoolSimulation(arrivals.WithRate(arrivals.Rate * SimulationRateFactor), hold);
        int fewestLate = 0;
        int smallest = Smallest(
            closedForm.Connections,
            pool =>
            {
                int late = simulation.CountLate(pool, waitSeconds, limit);
                fewestLate = late <= limit ? late : fewestLate;
                return late <= limit;
            },
            cancellation);
        return arrivals.RateVariation > 1e-6 && simulation.Duration < ShortestSwing && closedForm.Connections > smallest
            ? closedForm
            : new PoolSize(smallest, (double)fewestLate / PoolSimulation.Counted);
    }

    /// <summary>Whether a pool meets the target, by simulation without the margins that a recommendation keeps.</summary>
    public static bool Meets(int connections, ArrivalProcess arrivals, HoldTime hold, double waitSeconds, double waitProbability)
    {
        int limit = (int)(waitProbability * PoolSimulation.Counted);
        double load = arrivals.Rate * hold.MeanSeconds;
        if (arrivals.Rate <= 0 || load >= connections)
            return arrivals.Rate <= 0;

        if (limit < FewestLate || load > LargestSimulatedLoad)
            return WaitTail.Probability(arrivals, hold, connections, waitSeconds) <= waitProbability;

        using var simulation = new PoolSimulation(arrivals, hold);
        return simulation.CountLate(connections, waitSeconds, limit) <= limit;
    }

    public static PoolSize ByClosedForm(ArrivalProcess arrivals, HoldTime hold, double waitSeconds, double waitProbability, CancellationToken cancellation = default)
    {
        ArrivalProcess raised = arrivals.WithRate(arrivals.Rate * ClosedFormRateFactor);
        double allowed = waitProbability * ClosedFormShare;
        int start = (int)Math.Min(LargestPool - 1, raised.Rate * hold.MeanSeconds);
        int smallest = Smallest(Math.Max(1, start), pool => WaitTail.Probability(raised, hold, pool, waitSeconds) <= allowed, cancellation);
        return new PoolSize(smallest, WaitTail.Probability(raised, hold, smallest, waitSeconds));
    }

    /// <summary>The smallest pool that holds, from a guess: in growing steps until one holds and one does not, then by halves.</summary>
    private static int Smallest(int guess, Func<int, bool> holds, CancellationToken cancellation)
    {
        int below = 0;
        int above = LargestPool;
        int pool = guess;
        for (int step = 1; above - below > 1; step *= 2)
        {
            cancellation.ThrowIfCancellationRequested();
            if (holds(pool))
            {
                above = pool;
                pool -= step;
            }
            else
            {
                below = pool;
                pool += step;
            }

            if (pool <= below || pool >= above)
            {
                pool = below + ((above - below) / 2);
            }
        }

        return above;
    }
}
