namespace Makalu.Capacity.Sizing;

/// <summary>
/// How many times longer a request computes beside the others than alone. More connections let more requests compute at once, which
/// stretches the hold, which asks for more connections.
/// </summary>
internal static class ProcessorStretch
{
    private const int Rounds = 40;

    /// <summary>The stretch at which pools and database agree, from below.</summary>
    /// <param name="load">The load.</param>
    /// <param name="server">The database; null where it is not known, and nothing stretches.</param>
    /// <param name="start">The stretch to start from, 1 or more.</param>
    /// <param name="connectionsAt">The connections that the pools take at a stretch.</param>
    /// <param name="servable">Whether the database completes as many requests as arrive.</param>
    public static double Settle(SystemLoad load, FlowEquivalentServer? server, double start, Func<double, int> connectionsAt, out bool servable)
    {
        double stretch = start;
        servable = true;
        if (server is null)
            return stretch;

        for (int round = 0; round < Rounds; round++)
        {
            double next = Of(load, server, connectionsAt(stretch));
            if (double.IsInfinity(next))
            {
                servable = false;
                break;
            }

            if (next <= stretch * 1.0001)
                break;

            stretch = next;
        }

        return stretch;
    }

    /// <summary>The stretch with a number of connections; infinite where the database falls behind and more connections would not help.</summary>
    public static double Of(SystemLoad load, FlowEquivalentServer server, int connections)
    {
        double rate = load.ConnectionsPerSecond;
        double alone = server.ProcessorSeconds + server.DelaySeconds;
        double hold = server.MeanHoldSeconds(rate, connections);
        if (double.IsInfinity(hold))
        {
            // Below the knee more connections raise the throughput; at or beyond it the server has no more to give.
            return connections >= server.Knee() || server.LargestThroughput() <= rate
                ? double.PositiveInfinity
                : 1 + (((connections / server.Throughput(connections)) - alone) / server.ProcessorSeconds);
        }

        // Bursts queue for the processors as they queue for connections; what the pools hold bounds it.
        double burst = (Math.Max(1, load.Requests.BurstDispersion) + 1) / 2;
        double burstHold = Math.Min(alone + (Math.Max(0, hold - alone) * burst), Math.Max(hold, connections / rate * 0.999));
        return 1 + ((burstHold - alone) / server.ProcessorSeconds);
    }
}
