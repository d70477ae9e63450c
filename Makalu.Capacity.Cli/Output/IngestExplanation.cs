using System.Globalization;
using System.Text;
using Makalu.Capacity.Cli.Arguments;
using Makalu.Capacity.Logs;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Cli.Output;

/// <summary>What became of the lines of logs, and of what is unknown in the series, as lines to read.</summary>
internal static class IngestExplanation
{
    private const int MostGapsShown = 10;

    public static string Of(IReadOnlyList<RequestHistory> histories, LogReadReport? report)
    {
        var text = new StringBuilder();
        foreach (LogFileSummary file in report?.Files ?? [])
        {
            AppendFile(text, file);
        }

        foreach (RequestHistory history in histories)
        {
            AppendSeries(text, history);
        }

        return text.ToString();
    }

    private static void AppendFile(StringBuilder text, LogFileSummary file)
    {
        LineCounts counts = file.Counts!;
        Line(text, $"{file.Name}: {(file.Format == LogFormat.Auto ? "empty" : file.Format)}, {file.Lines:N0} lines: {file.Records:N0} requests taken, {counts.PassedOver.Values.Sum():N0} passed over, {counts.Other:N0} no requests, {file.MalformedLines:N0} malformed");
        foreach ((PassedOver filter, long requests) in counts.PassedOver.Where(p => p.Value > 0))
        {
            string option = filter switch
            {
                PassedOver.Time => "--from, --to",
                PassedOver.Status => "--status, --exclude-status",
                _ => "--include, --exclude",
            };
            Line(text, $"  {requests:N0} passed over by {option}");
        }

        foreach ((string reason, long lines) in counts.Malformed)
        {
            Line(text, $"  {lines:N0} malformed: {reason}");
        }
    }

    /// <summary>Where steps are missing: the longest gaps first.</summary>
    private static void AppendSeries(StringBuilder text, RequestHistory history)
    {
        TimeSeries requests = history.Requests;
        var gaps = new List<(int First, int Steps)>();
        for (int i = 0; i < requests.Count; i++)
        {
            if (double.IsNaN(requests[i]))
            {
                bool continues = gaps.Count > 0 && gaps[^1].First + gaps[^1].Steps == i;
                (int first, int steps) = continues ? gaps[^1] : (i, 0);
                if (continues)
                {
                    gaps.RemoveAt(gaps.Count - 1);
                }

                gaps.Add((first, steps + 1));
            }
        }

        string name = history.Name.Length > 0 ? $"series '{history.Name}'" : "the series";
        foreach ((int first, int steps) in gaps.OrderByDescending(g => g.Steps).Take(MostGapsShown))
        {
            Line(text, $"{name} is unknown from {requests.TimeAt(first):yyyy-MM-dd'T'HH:mm:ss'Z'} for {DurationArgument.Format(requests.Step * steps)}");
        }

        if (gaps.Count > MostGapsShown)
        {
            Line(text, $"{name} is unknown in {gaps.Count - MostGapsShown:N0} shorter gaps too");
        }
    }

    private static void Line(StringBuilder text, FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
