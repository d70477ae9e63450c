using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Forecasting.Pool;

/// <summary>Draws sample paths at the series' own step about a central forecast at the working step.</summary>
internal static class PathSimulation
{
    /// <summary>Draws paths; the same for the same seed, bit for bit, at any degree of parallelism.</summary>
    /// <param name="working">The history and what happens within its working steps.</param>
    /// <param name="law">The central forecast and how paths lie about it.</param>
    /// <param name="start">The working steps before the first one of the forecast.</param>
    /// <param name="horizon">The steps of a path, at the series' own step.</param>
    /// <param name="count">The number of paths.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="cancellationToken">Cancels between paths.</param>
    /// <returns>Path after path.</returns>
    public static double[] Draw(WorkingSeries working, PathLaw law, int start, int horizon, int count, int seed, CancellationToken cancellationToken)
    {
        var paths = new double[checked(horizon * count)];
        int pairs = (count + 1) / 2;
        ParallelLoop.For(pairs, pair =>
        {
            // Two paths of opposite errors: quantiles of few paths come nearer to the true ones.
            var random = new RandomStream(seed, pair);
            var deviates = new double[law.Centre.Length];
            law.Dependence.Simulate(random, deviates);
            var jumped = new double[law.Centre.Length];
            law.DrawJumps(random, jumped);
            double width = law.DrawWidth(random);
            var workingPath = new double[law.Centre.Length];
            for (int side = 0; side < 2 && (2 * pair) + side < count; side++)
            {
                for (int h = 0; h < workingPath.Length; h++)
                {
                    workingPath[h] = law.Value(h, side == 0 ? deviates[h] : -deviates[h], jumped[h], width);
                }

                working.Refine(workingPath, start, random, paths.AsSpan(((2 * pair) + side) * horizon, horizon));
            }
        }, cancellationToken);
        return paths;
    }
}
