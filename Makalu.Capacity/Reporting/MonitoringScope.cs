using System.Text.RegularExpressions;

namespace Makalu.Capacity.Reporting;

/// <summary>
/// Which series of a Prometheus are a plan's own, by their labels, so that rules and dashboards of several systems can stand side by side.
/// </summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
public sealed partial record MonitoringScope
{
    private static readonly Dictionary<string, string> None = [];

    /// <summary>All series: for a Prometheus that watches one system.</summary>
    public static MonitoringScope All { get; } = new();

    /// <summary>The name that alerts, the recorded forecast and the dashboard carry, as the label <c>service</c>; default null: none.</summary>
    public string? Service { get; init; }

    /// <summary>The labels of the services' own series, such as <c>job</c>: requests served, and requests that wait for a connection.</summary>
    public IReadOnlyDictionary<string, string> Requests { get; init; } = None;

    /// <summary>The labels of the database's exporter, such as <c>instance</c>.</summary>
    public IReadOnlyDictionary<string, string> Database { get; init; } = None;

    /// <summary>The labels of the node_exporter of the database's host; default <c>role="database"</c>.</summary>
    public IReadOnlyDictionary<string, string> DatabaseHost { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal) { ["role"] = "database" };

    /// <summary>The labels of PgBouncer's exporter.</summary>
    public IReadOnlyDictionary<string, string> Pooler { get; init; } = None;

    /// <summary>Throws when a label's name is none, all of them stated together.</summary>
    /// <exception cref="ArgumentException">One or more names are no names of labels; the message lists each with its rule and remedy.</exception>
    public void Validate()
    {
        string[] wrong = [.. Requests.Keys.Concat(Database.Keys).Concat(DatabaseHost.Keys).Concat(Pooler.Keys).Where(n => !IsLabelName(n))];
        if (wrong.Length > 0)
        {
            throw new ArgumentException(string.Join(" ", wrong.Select(n => $"Label '{PlanText.OneLine(n)}' must be letters, digits and _, with no digit first and not __ first. Name a label as Prometheus shows it, such as job or instance.")));
        }
    }

    /// <summary>Whether a name is one that a rule may ask for.</summary>
    internal static bool IsLabelName(string name) => LabelName().IsMatch(name);

    internal string OfRequests(string metric, params (string Name, string Value)[] more) => Series(metric, Requests, more);

    internal string OfDatabase(string metric, params (string Name, string Value)[] more) => Series(metric, Database, more);

    internal string OfDatabaseHost(string metric, params (string Name, string Value)[] more) => Series(metric, DatabaseHost, more);

    internal string OfPooler(string metric, params (string Name, string Value)[] more) => Series(metric, Pooler, more);

    /// <summary>The service's name as a label: one line, and no template, which labels of alerts are to Prometheus.</summary>
    internal string? ServiceLabel => Service is null ? null : PlanText.OneLine(Service).Replace("{{", "{ {", StringComparison.Ordinal);

    /// <summary>A series of the plan's own, which the rules record.</summary>
    internal string OfRules(string metric) => Series(metric, None, ServiceLabel is { } service ? [("service", service)] : []);

    /// <summary>The labels of the database's host, as they are written in a rule.</summary>
    internal string DatabaseHostLabels => string.Join(", ", Matchers(DatabaseHost, []));

    private static string Series(string metric, IReadOnlyDictionary<string, string> labels, params (string Name, string Value)[] more)
        => Matchers(labels, more) is { Length: > 0 } matchers ? $"{metric}{{{string.Join(", ", matchers)}}}" : metric;

    /// <summary>Labels of the scope come before those that a series has anyway.</summary>
    private static string[] Matchers(IReadOnlyDictionary<string, string> labels, (string Name, string Value)[] more)
        => [.. more.Where(m => !labels.ContainsKey(m.Name)).Concat(labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => (Name: l.Key, l.Value))).Select(l => $"{l.Name}=\"{Escape(l.Value)}\"")];

    private static string Escape(string value) => PlanText.OneLine(value).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);

    [GeneratedRegex(@"\A(?!__)[A-Za-z_][A-Za-z0-9_]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex LabelName();
}
