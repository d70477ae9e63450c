using System.Text.Json;

namespace Makalu.Capacity.Cli.Sample;

/// <summary>The sample's system as it was on 15 September 2024: 100 connections, and six instances whose pools may each open 100.</summary>
internal static class SampleSystem
{
    private const int MaxConnections = 100;
    private const int SuperuserReserved = 3;
    private const int OtherConnections = 12;

    private static readonly TimeSpan HeldMean = TimeSpan.FromMilliseconds(40);

    /// <summary>The connections that are left for the shop.</summary>
    public const int UsableConnections = MaxConnections - SuperuserReserved - OtherConnections;

    /// <summary>How long the shop was down.</summary>
    public static TimeSpan OutageDuration { get; } = TimeSpan.FromMinutes(150);

    /// <summary>The connections held at once, on average, at a rate of requests (Little's law).</summary>
    public static double ConnectionsNeeded(double requestsPerSecond) => requestsPerSecond * HeldMean.TotalSeconds;

    public static void Write(Stream stream)
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" });
        json.WriteStartObject();
        json.WriteStartObject("database");
        json.WriteString("engine", "postgresql");
        json.WriteString("version", "16");
        json.WriteNumber("cpuCores", 8);
        json.WriteString("memory", "32GiB");
        json.WriteNumber("maxConnections", MaxConnections);
        json.WriteNumber("superuserReserved", SuperuserReserved);
        json.WriteNumber("reserved", 0);
        json.WriteNumber("otherConnections", OtherConnections);
        json.WriteString("memoryPerConnection", "10MiB");
        json.WriteString("sharedBuffers", "8GiB");
        json.WriteEndObject();
        json.WriteStartArray("services");
        json.WriteStartObject();
        json.WriteString("name", "web");
        json.WriteNumber("instances", 6);
        json.WriteNumber("surgeInstances", 1);
        json.WriteNumber("trafficShare", 1.0);
        json.WriteNumber("connectionsPerRequest", 1);
        json.WriteString("databaseTimeMean", Duration(HeldMean));
        json.WriteString("databaseTimeP95", Duration(TimeSpan.FromMilliseconds(110)));
        json.WriteString("databaseCpuTimeMean", Duration(TimeSpan.FromMilliseconds(1)));
        json.WriteNumber("maxPoolSize", 100);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartObject("target");
        json.WriteNumber("peakQuantile", 0.99);
        json.WriteString("maxWait", Duration(TimeSpan.FromMilliseconds(50)));
        json.WriteNumber("waitProbability", 0.01);
        json.WriteNumber("maxCpuUtilisation", 0.70);
        json.WriteNumber("headroom", 0.20);
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        stream.Write("\n"u8);
    }

    private static string Duration(TimeSpan time) => time.ToString("c", System.Globalization.CultureInfo.InvariantCulture);
}
