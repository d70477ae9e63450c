using System.Net;
using System.Net.Sockets;

namespace Makalu.Capacity.Tests.Reporting;

/// <summary>Ports on loopback for the servers that tests start.</summary>
internal static class LoopbackPort
{
    // Below the range that the kernel gives to outgoing connections (from 32768), of which load tests open thousands: a port of that range, looked up and let go,
    // may be another's by the time the server asks for it. Processes of the same machine begin at different places.
    private const int First = 15_000;
    private const int Count = 15_000;
    private static int s_taken = Environment.ProcessId * 97 % Count;

    /// <summary>A port that nothing listens on, given out once in this process.</summary>
    public static int Take()
    {
        for (int tried = 0; tried < Count; tried++)
        {
            int port = First + (int)((uint)Interlocked.Increment(ref s_taken) % Count);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
            }
        }

        throw new InvalidOperationException($"No port from {First} to {First + Count - 1} is free on loopback.");
    }
}
