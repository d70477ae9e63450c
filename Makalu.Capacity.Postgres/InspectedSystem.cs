using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Postgres;

/// <summary>Writes what was inspected as a system description, the file that <c>makalu recommend --system</c> reads.</summary>
public static class InspectedSystem
{
    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the description. What is not known is left out, and noted in <c>observed.notes</c>.</summary>
    /// <param name="stream">Where to write it, as UTF-8; left open.</param>
    /// <param name="database">The database.</param>
    /// <param name="pooler">The pooler; null where there is none.</param>
    public static void Write(Stream stream, DatabaseInspection database, PoolerInspection? pooler = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(database);
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            Document(database, pooler).WriteTo(writer, Format);
        }

        stream.Write("\n"u8);
    }

    private static JsonObject Document(DatabaseInspection database, PoolerInspection? pooler)
    {
        var root = new JsonObject
        {
            ["database"] = Known(new JsonObject
            {
                ["engine"] = "postgresql",
                ["version"] = database.Version,
                ["cpuCores"] = database.CpuCores,
                ["memory"] = database.MemoryBytes is { } memory ? Size(memory) : null,
                ["maxConnections"] = database.MaxConnections,
                ["superuserReserved"] = database.SuperuserReserved,
                ["reserved"] = database.Reserved,
                ["otherConnections"] = database.OtherConnections,
                ["memoryPerConnection"] = Size(database.MemoryPerConnectionBytes),
                ["sharedBuffers"] = Size(database.SharedBuffersBytes),
                ["standbys"] = database.Standbys,
            }),
            ["services"] = new JsonArray([.. database.Services.Select(Service)]),
        };
        if (pooler is not null)
        {
            root["pooler"] = new JsonObject
            {
                ["kind"] = "pgbouncer",
                ["replicas"] = 1,
                ["mode"] = pooler.Mode == "session" ? "session" : "transaction",
                ["poolSize"] = pooler.PoolSize,
                ["reservePoolSize"] = pooler.ReservePoolSize,
            };
        }

        ObservedUse observed = database.Observed;
        root["observed"] = Known(new JsonObject
        {
            ["at"] = observed.At?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            ["transactionsPerSecond"] = Rounded(observed.TransactionsPerSecond),
            ["connectionsInUse"] = Rounded(observed.ConnectionsInUse),
            ["idleInTransaction"] = observed.IdleInTransaction,
            ["longestIdleInTransaction"] = Duration(observed.LongestIdleInTransaction),
            ["longestStatement"] = Duration(observed.LongestStatement),
            ["waitingForLocks"] = observed.WaitingForLocks,
            ["notes"] = new JsonArray([.. database.Notes.Concat(pooler?.Notes ?? []).Select(note => JsonValue.Create(note))]),
        });
        return root;
    }

    private static JsonObject Service(InspectedService service) => Known(new JsonObject
    {
        ["name"] = service.Name,
        ["instances"] = service.Instances,
        ["trafficShare"] = Rounded(service.TrafficShare),
        ["databaseTimeMean"] = Duration(service.DatabaseTimeMean),
        ["databaseTimeP95"] = Duration(service.DatabaseTimeP95),
        ["databaseCpuTimeMean"] = Duration(service.DatabaseCpuTimeMean),
    });

    /// <summary>The object without what is not known.</summary>
    private static JsonObject Known(JsonObject all)
    {
        foreach (string name in all.Where(field => field.Value is null).Select(field => field.Key).ToArray())
        {
            all.Remove(name);
        }

        return all;
    }

    private static string? Duration(TimeSpan? time) => time?.ToString("c", CultureInfo.InvariantCulture);

    private static double? Rounded(double? value) => value is { } known ? Math.Round(known, 6) : null;

    /// <summary>In the largest unit that divides it, so that nothing is lost.</summary>
    private static string Size(long bytes)
    {
        foreach ((long unit, string name) in new[] { (1L << 30, "GiB"), (1L << 20, "MiB"), (1L << 10, "KiB") })
        {
            if (bytes >= unit && bytes % unit == 0)
                return string.Create(CultureInfo.InvariantCulture, $"{bytes / unit}{name}");
        }

        return string.Create(CultureInfo.InvariantCulture, $"{bytes}B");
    }
}
