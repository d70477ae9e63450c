using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Makalu.Capacity.Cli.Nightly.Sources;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Reporting;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Cli.Nightly;

/// <summary>Reads <c>nightly.json</c>. Strict: an unknown field or a value out of range is an error, and all errors are told at once.</summary>
internal static partial class NightlyConfigurationReader
{
    private static readonly JsonDocumentOptions Options = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Reads a file.</summary>
    /// <exception cref="UsageException">The configuration is not valid; the message lists every error.</exception>
    public static NightlyConfiguration Read(string path)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(File.ReadAllText(path), Options);
        }
        catch (JsonException exception)
        {
            throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"{path}, line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}: is no JSON. {exception.Message.Split(" LineNumber", 2)[0]}"), exception);
        }

        using (document)
        {
            var errors = new List<SystemDescriptionError>();
            NightlyConfiguration configuration = Read(document.RootElement, Path.GetDirectoryName(Path.GetFullPath(path))!, errors);
            return errors.Count == 0
                ? configuration
                : throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"{path}: {errors.Count} {(errors.Count == 1 ? "error" : "errors")}:") + string.Concat(errors.Select(e => "\n  " + e)));
        }
    }

    private static NightlyConfiguration Read(JsonElement root, string folder, List<SystemDescriptionError> errors)
    {
        var fields = new JsonFields(root, "$", errors, []);
        string output = fields.Required("output", JsonValues.Text, ".", "Write the folder for plans and reports.");
        var configuration = new NightlyConfiguration
        {
            Output = Path.GetFullPath(output, folder),
            Horizon = fields.Optional("horizon", JsonValues.Duration, TimeSpan.FromDays(14), null),
            Seed = fields.Optional("seed", JsonValues.Integer, 1, null),
            Shadow = fields.Optional("shadow", Boolean, false, null),
            Parallelism = fields.Optional("parallelism", JsonValues.Integer, Environment.ProcessorCount, null),
            Services = Services(fields.RequiredElement("services", "Write [ { \"name\": …, \"source\": { … }, \"system\": … } ]."), folder, errors),
        };
        if (fields.Element("metrics") is { } metrics)
        {
            configuration = WithMetrics(configuration, metrics, folder, errors);
        }

        fields.RejectUnknown();
        Check(errors, configuration.Horizon > TimeSpan.Zero && configuration.Horizon <= TimeSpan.FromDays(400), "$.horizon", $"{configuration.Horizon:c}", "It must be longer than zero and at most 400 days.", "Write for example \"14.00:00:00\".");
        Check(errors, configuration.Parallelism >= 1, "$.parallelism", configuration.Parallelism.ToString(CultureInfo.InvariantCulture), "It must be 1 or more.", "Leave it out to use all processors.");
        Check(errors, configuration.Services.Count > 0, "$.services", "empty", "There must be a service at least.", "Write [ { \"name\": …, \"source\": { … }, \"system\": … } ].");
        foreach (IGrouping<string, NightlyService> same in configuration.Services.GroupBy(s => s.Name, StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1))
        {
            Check(errors, false, "$.services", same.Key, "Two services have this name.", "Give each a name of its own.");
        }

        return configuration;
    }

    private static NightlyConfiguration WithMetrics(NightlyConfiguration configuration, JsonElement element, string folder, List<SystemDescriptionError> errors)
    {
        var fields = new JsonFields(element, "$.metrics", errors, []);
        string? file = OptionalText(fields, "textfile");
        string? endpoint = OptionalText(fields, "otlp");
        fields.RejectUnknown();
        return configuration with
        {
            MetricsFile = file is null ? null : Path.GetFullPath(file, folder),
            MetricsEndpoint = endpoint is null ? null : HttpUri(endpoint, "$.metrics.otlp", errors),
        };
    }

    private static List<NightlyService> Services(JsonElement? element, string folder, List<SystemDescriptionError> errors)
    {
        var services = new List<NightlyService>();
        if (element is not { } array)
        {
            return services;
        }

        if (array.ValueKind != JsonValueKind.Array)
        {
            Check(errors, false, "$.services", array.ValueKind.ToString(), "It must be an array.", "Write [ { … } ] with an entry for each service.");
            return services;
        }

        foreach (JsonElement item in array.EnumerateArray())
        {
            string path = string.Create(CultureInfo.InvariantCulture, $"$.services[{services.Count}]");
            var fields = new JsonFields(item, path, errors, []);
            string name = fields.Required("name", JsonValues.Text, "service", "Write the service's name.");
            Check(errors, NamePattern().IsMatch(name), path + ".name", name, "It names a folder: letters, digits, '.', '-' and '_', at most 64, the first a letter or a digit.", "Write for example \"web-shop\".");
            string system = fields.Required("system", JsonValues.Text, ".", "Write the file that describes the system, as makalu recommend takes it.");
            string? calendar = OptionalText(fields, "calendar");
            TimeSpan? step = fields.OptionalOrNull("step", JsonValues.Duration, null);
            Check(errors, step is null || step > TimeSpan.Zero, path + ".step", $"{step:c}", "It must be longer than zero.", "Write for example \"00:05:00\".");
            TimeZoneInfo? zone = null;
            if (OptionalText(fields, "timeZone") is string zoneName)
            {
                Check(errors, TimeZoneInfo.TryFindSystemTimeZoneById(zoneName, out zone), path + ".timeZone", zoneName, "There is no such zone.", "Write its name as in Europe/Berlin, America/New_York or UTC.");
            }

            string model = fields.Optional("model", JsonValues.Text, ForecasterCatalog.Auto, null);
            Check(errors, ForecasterCatalog.Names.Contains(model, StringComparer.Ordinal), path + ".model", model, "The model is not known.", $"Leave it out, or write one of: {string.Join(", ", ForecasterCatalog.Names)}.");
            IHistorySource? source = fields.RequiredElement("source", "Write { \"kind\": \"file\", \"path\": … }, or logs, prometheus or sql.") is { } description
                ? HistorySourceReader.Read(description, path + ".source", name, folder, errors)
                : null;
            MonitoringScope monitoring = Monitoring(fields.Element("monitoring"), path + ".monitoring", name, errors);
            fields.RejectUnknown();
            services.Add(new NightlyService
            {
                Name = name,
                System = Path.GetFullPath(system, folder),
                Calendar = calendar is null ? null : Path.GetFullPath(calendar, folder),
                Step = step,
                TimeZone = zone,
                Model = model,
                Monitoring = monitoring,
                Source = source ?? new SeriesFileSource("", null),
            });
        }

        return services;
    }

    private static MonitoringScope Monitoring(JsonElement? element, string path, string service, List<SystemDescriptionError> errors)
    {
        var scope = new MonitoringScope { Service = service };
        if (element is not { } given)
        {
            return scope;
        }

        var fields = new JsonFields(given, path, errors, []);
        scope = scope with
        {
            Requests = Labels("requests", scope.Requests),
            Database = Labels("database", scope.Database),
            DatabaseHost = Labels("databaseHost", scope.DatabaseHost),
            Pooler = Labels("pooler", scope.Pooler),
        };
        fields.RejectUnknown();
        return scope;

        IReadOnlyDictionary<string, string> Labels(string name, IReadOnlyDictionary<string, string> whenAbsent)
        {
            if (fields.Element(name) is not { } labels)
            {
                return whenAbsent;
            }

            bool valid = labels.ValueKind == JsonValueKind.Object && labels.EnumerateObject().All(l => l.Value.ValueKind == JsonValueKind.String && MonitoringScope.IsLabelName(l.Name));
            Check(errors, valid, $"{path}.{name}", labels.GetRawText(), "It must be labels and their values, as Prometheus shows them.", "Write for example { \"job\": \"shop\" }.");
            return valid ? labels.EnumerateObject().ToDictionary(l => l.Name, l => l.Value.GetString()!, StringComparer.Ordinal) : whenAbsent;
        }
    }

    internal static string? OptionalText(JsonFields fields, string name)
        => fields.Has(name) ? fields.Optional(name, JsonValues.Text, "", null) : null;

    internal static Uri? HttpUri(string text, string path, List<SystemDescriptionError> errors)
    {
        bool valid = Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https" && uri.UserInfo.Length == 0;
        Check(errors, valid, path, text, "It must be an http or https address without a password.", "Write for example \"http://prometheus:9090\".");
        return valid ? uri : null;
    }

    internal static void Check(List<SystemDescriptionError> errors, bool holds, string path, FormattableString value, string rule, string remedy)
        => Check(errors, holds, path, value.ToString(CultureInfo.InvariantCulture), rule, remedy);

    internal static void Check(List<SystemDescriptionError> errors, bool holds, string path, string value, string rule, string remedy)
    {
        if (!holds)
        {
            errors.Add(new SystemDescriptionError(path, value, rule, remedy));
        }
    }

    private static readonly JsonValue<bool> Boolean = new(
        (JsonElement element, out bool value) =>
        {
            value = element.ValueKind == JsonValueKind.True;
            return element.ValueKind is JsonValueKind.True or JsonValueKind.False;
        },
        "It must be true or false.",
        "Write it without quotes.");

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();
}
