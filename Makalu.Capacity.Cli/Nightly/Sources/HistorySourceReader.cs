using System.Text.Json;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Cli.Nightly.Sources;

/// <summary>Reads the description of a source: <c>file</c>, <c>logs</c>, <c>prometheus</c> or <c>sql</c>.</summary>
internal static class HistorySourceReader
{
    private static readonly TimeSpan DefaultStep = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan DefaultSpan = TimeSpan.FromDays(56);

    public static IHistorySource? Read(JsonElement element, string path, string service, string folder, List<SystemDescriptionError> errors)
    {
        var fields = new JsonFields(element, path, errors, []);
        string kind = fields.Required("kind", JsonValues.Text, "", "Write \"file\", \"logs\", \"prometheus\" or \"sql\".");
        IHistorySource? source = kind switch
        {
            "file" => File(),
            "logs" => Logs(),
            "prometheus" => Prometheus(),
            "sql" => Sql(),
            _ => Unknown(),
        };
        if (source is not null)
        {
            fields.RejectUnknown();
        }

        return source;

        SeriesFileSource File() => new(
            Path.GetFullPath(fields.Required("path", JsonValues.Text, service, "Write the series file."), folder),
            NightlyConfigurationReader.OptionalText(fields, "series"));

        LogSource Logs()
        {
            var paths = new List<string>();
            if (fields.RequiredElement("paths", "Write [ \"logs/access.log*\" ].") is { } list)
            {
                bool valid = list.ValueKind == JsonValueKind.Array && list.GetArrayLength() > 0 && list.EnumerateArray().All(e => e.ValueKind == JsonValueKind.String);
                NightlyConfigurationReader.Check(errors, valid, path + ".paths", list.GetRawText(), "It must be a list of names and patterns.", "Write [ \"logs/access.log*\" ].");
                paths.AddRange(valid ? list.EnumerateArray().Select(e => Path.GetFullPath(e.GetString()!, folder)) : []);
            }

            return new LogSource(paths, Step(DefaultStep)!.Value);
        }

        PrometheusSource Prometheus()
        {
            string url = fields.Required("url", JsonValues.Text, "http://localhost:9090", "Write the server's address.");
            string query = fields.Required("query", JsonValues.Text, "", "Write a query for requests per second, for example \"sum(rate(http_requests_total[5m]))\".");
            TimeSpan span = fields.Optional("span", JsonValues.Duration, DefaultSpan, null);
            TimeSpan step = Step(DefaultStep)!.Value;
            NightlyConfigurationReader.Check(errors, span >= step, path + ".span", $"{span:c}", "It must be a step at least.", "Write how much history to ask for, for example \"56.00:00:00\".");
            Uri address = NightlyConfigurationReader.HttpUri(url, path + ".url", errors) ?? new Uri("http://localhost");
            return new PrometheusSource(address, query, step, span, NightlyConfigurationReader.OptionalText(fields, "tokenEnvironment"));
        }

        SqlSource Sql() => new(
            fields.Required("connectionEnvironment", JsonValues.Text, "", "Write the name of the environment variable that holds the connection string."),
            fields.Required("query", JsonValues.Text, "", "Write a query with the columns timestamp, requests and, if there is one, peak_rps."),
            Step(null));

        IHistorySource? Unknown()
        {
            NightlyConfigurationReader.Check(errors, kind.Length == 0, path + ".kind", kind, "It must be file, logs, prometheus or sql.", "Choose one of them.");
            return null;
        }

        TimeSpan? Step(TimeSpan? whenAbsent)
        {
            TimeSpan? step = fields.OptionalOrNull("step", JsonValues.Duration, null) ?? whenAbsent;
            bool valid = step is null || (step >= TimeSpan.FromSeconds(1) && step.Value.Ticks % TimeSpan.TicksPerSecond == 0);
            NightlyConfigurationReader.Check(errors, valid, path + ".step", $"{step:c}", "It must be whole seconds.", "Write for example \"00:05:00\".");
            return valid ? step : DefaultStep;
        }
    }
}
