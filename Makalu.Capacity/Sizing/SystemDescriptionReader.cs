using System.Globalization;
using System.Text.Json;

namespace Makalu.Capacity.Sizing;

/// <summary>
/// Reads a system description (the file of <c>makalu recommend --system</c>). Strict: an unknown field, a value of the wrong kind or
/// out of range is an error; all errors are told at once; each default that was taken is in <see cref="SystemDescription.AssumedDefaults"/>.
/// </summary>
public static class SystemDescriptionReader
{
    private static readonly JsonDocumentOptions Options = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file, JSON in UTF-8; comments and trailing commas are allowed.</param>
    /// <returns>The system.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file must not be read.</exception>
    /// <exception cref="SystemDescriptionException">The description is not valid.</exception>
    public static SystemDescription Read(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return Read(stream, path);
    }

    /// <summary>Reads a stream.</summary>
    /// <param name="stream">JSON in UTF-8.</param>
    /// <param name="source">What to call it in messages.</param>
    /// <returns>The system.</returns>
    /// <exception cref="SystemDescriptionException">The description is not valid.</exception>
    public static SystemDescription Read(Stream stream, string source = "system description")
        => Guard(source, () => JsonDocument.Parse(stream, Options));

    /// <summary>Reads a text.</summary>
    /// <param name="json">JSON.</param>
    /// <param name="source">What to call it in messages.</param>
    /// <returns>The system.</returns>
    /// <exception cref="SystemDescriptionException">The description is not valid.</exception>
    public static SystemDescription Parse(string json, string source = "system description")
        => Guard(source, () => JsonDocument.Parse(json, Options));

    private static SystemDescription Guard(string source, Func<JsonDocument> parse)
    {
        try
        {
            using JsonDocument document = parse();
            return Convert(document.RootElement, source);
        }
        catch (JsonException exception)
        {
            string at = exception.LineNumber is { } line
                ? string.Create(CultureInfo.InvariantCulture, $"line {line + 1}, byte {exception.BytePositionInLine + 1}")
                : "the start";
            throw new SystemDescriptionException(source, [new SystemDescriptionError(at, "not JSON", "The file must be one JSON object.", exception.Message.Split(". LineNumber", 2)[0].Split(" LineNumber", 2)[0])]);
        }
    }

    private static SystemDescription Convert(JsonElement root, string source)
    {
        var errors = new List<SystemDescriptionError>();
        var assumed = new List<string>();
        var fields = new JsonFields(root, "$", errors, assumed);
        DatabaseDescription database = Database(fields.RequiredElement("database", "Describe the database server."), errors, assumed);
        var system = new SystemDescription
        {
            Database = database,
            Services = Services(fields.RequiredElement("services", "Describe each application that connects."), errors, assumed),
            Pooler = fields.Element("pooler") is { } pooler ? Pooler(pooler, database.Engine, errors, assumed) : null,
            Target = Target(fields.Element("target"), errors, assumed),
            Observed = fields.Element("observed") is { } observed ? ObservedUseReader.Read(observed, errors, assumed) : null,
            AssumedDefaults = assumed,
        };
        fields.RejectUnknown();

        // A rule about two fields says nothing new where one of them could not be read.
        string[] broken = [.. errors.Select(error => error.Path)];
        errors.AddRange(SystemDescriptionValidator.Validate(system).Where(error => !broken.Any(path => Touches(path, error.Path))));
        return errors.Count == 0 ? system : throw new SystemDescriptionException(source, errors);
    }

    private static bool Touches(string broken, string path)
        => path.StartsWith(broken, StringComparison.Ordinal)
        || (broken.Contains("databaseTime", StringComparison.Ordinal) && path.Contains(".database", StringComparison.Ordinal) && path.StartsWith(broken[..broken.LastIndexOf('.')], StringComparison.Ordinal))
        || (broken == "$.database.maxConnections" && path.EndsWith("eserved", StringComparison.Ordinal));

    private static DatabaseDescription Database(JsonElement? element, List<SystemDescriptionError> errors, List<string> assumed)
    {
        if (element is not { } value)
            return new DatabaseDescription { MaxConnections = 100 };

        var fields = new JsonFields(value, "$.database", errors, assumed);
        string engine = fields.Optional("engine", JsonValues.Text, "postgresql", "postgresql is assumed.");
        bool postgres = engine == "postgresql";
        var database = new DatabaseDescription
        {
            Engine = engine,
            Version = fields.Element("version") is { } version ? Version(version) : null,
            CpuCores = fields.OptionalOrNull("cpuCores", JsonValues.Number, "whether the processors carry the peak is not checked."),
            MemoryBytes = fields.OptionalOrNull("memory", JsonValues.Size, "whether the memory carries the connections is not checked."),
            MaxConnections = fields.Required("maxConnections", JsonValues.Integer, 100, "Write what SHOW max_connections answers."),
            SuperuserReserved = fields.Optional("superuserReserved", JsonValues.Integer, postgres ? 3 : 0, postgres ? "3 is assumed, PostgreSQL's default." : null),
            Reserved = fields.Optional("reserved", JsonValues.Integer, 0, postgres ? "0 is assumed, PostgreSQL's default." : null),
            OtherConnections = fields.Optional("otherConnections", JsonValues.Integer, 0, "0 is assumed: nothing else connects, no migration, cron job, monitoring or BI."),
            MemoryPerConnectionBytes = fields.Optional("memoryPerConnection", JsonValues.Size, 10L << 20, "10MiB is assumed."),
            SharedBuffersBytes = fields.OptionalOrNull("sharedBuffers", JsonValues.Size, "a quarter of the memory is assumed where the memory is known."),
            ManagedMaxConnections = fields.OptionalOrNull("managedMaxConnections", JsonValues.Integer, null),
            Standbys = fields.Optional("standbys", JsonValues.Integer, 0, null),
            ContentionPenalty = fields.OptionalOrNull("contentionPenalty", JsonValues.Number, null),
            Scalability = fields.Element("scalability") is { } scalability ? ScalabilityReader.Read(scalability, errors, assumed) : null,
        };
        fields.RejectUnknown();
        return database;

        string? Version(JsonElement version)
        {
            if (version.ValueKind is JsonValueKind.String)
                return version.GetString();

            if (version.ValueKind is JsonValueKind.Number)
                return version.GetRawText();

            errors.Add(new SystemDescriptionError("$.database.version", version.GetRawText(), "It must be a text.", "Write for example \"16\"."));
            return null;
        }
    }

    private static List<ServiceDescription> Services(JsonElement? element, List<SystemDescriptionError> errors, List<string> assumed)
    {
        var services = new List<ServiceDescription>();
        if (element is not { } array)
            return services;

        if (array.ValueKind != JsonValueKind.Array)
        {
            errors.Add(new SystemDescriptionError("$.services", array.ValueKind.ToString(), "It must be an array.", "Write [ { … } ] with a description of each service."));
            return services;
        }

        foreach (JsonElement item in array.EnumerateArray())
        {
            var fields = new JsonFields(item, string.Create(CultureInfo.InvariantCulture, $"$.services[{services.Count}]"), errors, assumed);
            services.Add(new ServiceDescription
            {
                Name = fields.Required("name", JsonValues.Text, string.Create(CultureInfo.InvariantCulture, $"service {services.Count}"), "Write the service's name."),
                Instances = fields.Required("instances", JsonValues.Integer, 1, "Write how many instances run at the peak."),
                SurgeInstances = fields.Optional("surgeInstances", JsonValues.Integer, 0, "0 is assumed: a deployment stops an instance before it starts the next."),
                ConnectionStrings = fields.Optional("connectionStrings", JsonValues.Integer, 1, null),
                TrafficShare = fields.Optional("trafficShare", JsonValues.Number, 1.0, "1 is assumed: the service serves every request."),
                ConnectionsPerRequest = fields.Optional("connectionsPerRequest", JsonValues.Integer, 1, "1 is assumed."),
                ArrivalImbalance = fields.Optional("arrivalImbalance", JsonValues.Number, 1.0, "1 is assumed: the load balancer favours no instance."),
                DatabaseTimeMean = fields.Required("databaseTimeMean", JsonValues.Duration, TimeSpan.FromMilliseconds(1), "Write how long a request holds a connection on average, for example \"00:00:00.012\"."),
                DatabaseTimeP95 = fields.OptionalOrNull("databaseTimeP95", JsonValues.Duration, "three times the mean is assumed, as for an exponential distribution."),
                DatabaseCpuTimeMean = fields.OptionalOrNull("databaseCpuTimeMean", JsonValues.Duration, "its part of the processors' load is not checked."),
                MaxPoolSize = fields.OptionalOrNull("maxPoolSize", JsonValues.Integer, "whether the pool as it is now survives is not checked."),
                MaxConcurrentRequests = fields.OptionalOrNull("maxConcurrentRequests", JsonValues.Integer, null),
            });
            fields.RejectUnknown();
        }

        return services;
    }

    private static PoolerDescription Pooler(JsonElement element, string engine, List<SystemDescriptionError> errors, List<string> assumed)
    {
        var fields = new JsonFields(element, "$.pooler", errors, assumed);
        var pooler = new PoolerDescription
        {
            Kind = fields.Optional("kind", JsonValues.Text, PoolerKind.For(engine), $"{PoolerKind.For(engine)} is assumed."),
            Replicas = fields.Optional("replicas", JsonValues.Integer, 1, "1 is assumed."),
            Mode = fields.Optional("mode", JsonValues.Text, "transaction", "transaction is assumed."),
            PoolSize = fields.OptionalOrNull("poolSize", JsonValues.Integer, "whether the pooler's pool as it is now survives is not checked."),
            ReservePoolSize = fields.Optional("reservePoolSize", JsonValues.Integer, 0, "0 is assumed, PgBouncer's default."),
        };
        fields.RejectUnknown();
        return pooler;
    }

    private static ServiceTarget Target(JsonElement? element, List<SystemDescriptionError> errors, List<string> assumed)
    {
        using JsonDocument empty = JsonDocument.Parse("{}");
        var fields = new JsonFields(element ?? empty.RootElement, "$.target", errors, assumed);
        var target = new ServiceTarget
        {
            PeakQuantile = fields.Optional("peakQuantile", JsonValues.Number, 0.99, "0.99 is assumed: the plan holds in 99 of 100 such horizons."),
            MaxWait = fields.Optional("maxWait", JsonValues.Duration, TimeSpan.FromMilliseconds(50), "50 ms is assumed."),
            WaitProbability = fields.Optional("waitProbability", JsonValues.Number, 0.01, "0.01 is assumed: one request in a hundred may wait longer."),
            MaxCpuUtilisation = fields.Optional("maxCpuUtilisation", JsonValues.Number, 0.70, "0.70 is assumed."),
            Headroom = fields.Optional("headroom", JsonValues.Number, 0.20, "0.20 is assumed."),
        };
        fields.RejectUnknown();
        return target;
    }
}
