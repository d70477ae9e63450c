using System.Globalization;
using System.Text;
using Makalu.Capacity.Reporting;

namespace Makalu.Capacity.Cli.Nightly;

/// <summary>The night in a message that fits a chat: what needs someone first, then what failed, then the rest in one line each.</summary>
internal static class NightlySummary
{
    /// <summary>Chat services cut longer messages off.</summary>
    private const int MostCharacters = 3500;

    public static string Of(NightlyConfiguration configuration, IReadOnlyList<NightlyOutcome> outcomes, DateTimeOffset now)
    {
        NightlyOutcome[] act = [.. outcomes.Where(o => o.NeedsAction)];
        NightlyOutcome[] failed = [.. outcomes.Where(o => o.Failure is not null)];
        NightlyOutcome[] fine = [.. outcomes.Where(o => o.Failure is null && !o.NeedsAction)];
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"Capacity, {PlanText.Time(now)}{(configuration.Shadow ? " (shadow: nothing was written but the record)" : "")}: {act.Length} to act on, {failed.Length} failed, {fine.Length} fine.\n");
        foreach (NightlyOutcome outcome in act)
        {
            text.Append('\n').Append(CultureInfo.InvariantCulture, $"[ACT] {outcome.Service}: {outcome.Headline}\n");
            Append(text, outcome);
        }

        foreach (NightlyOutcome outcome in failed)
        {
            text.Append('\n').Append(CultureInfo.InvariantCulture, $"[FAILED] {outcome.Service}: {outcome.Failure!.Split('\n')[0]}\n");
        }

        if (fine.Length > 0)
        {
            text.Append('\n');
        }

        foreach (NightlyOutcome outcome in fine)
        {
            text.Append(CultureInfo.InvariantCulture, $"[ok] {outcome.Service}: {outcome.Verdict}, peak {PlanText.Rate(outcome.DemandRequestsPerSecond)}/s at {PlanText.Time(outcome.PeakAt)}\n");
            Append(text, outcome);
        }

        return Cut(text);
    }

    private static void Append(StringBuilder text, NightlyOutcome outcome)
    {
        if (outcome.Changes.Count > 0)
        {
            text.Append("  since the last night: ").AppendJoin("; ", outcome.Changes).Append('\n');
        }

        if (outcome.Drift != "ok")
        {
            text.Append(CultureInfo.InvariantCulture, $"  past forecasts: {(outcome.Drift == "retrain" ? "left their band; the models were judged anew" : "near the edge of their band")}\n");
        }

        if (outcome.LastDay is { } day)
        {
            text.Append(CultureInfo.InvariantCulture, $"  {day.Day.UtcDateTime:yyyy-MM-dd} came to {PlanText.Rate(day.Actual)}/s; forecast {PlanText.Rate(day.Median)}, at most {PlanText.Rate(day.Quantile95)} with 95 %\n");
        }
    }

    private static string Cut(StringBuilder text)
    {
        if (text.Length <= MostCharacters)
        {
            return text.ToString();
        }

        string whole = text.ToString();
        int end = whole.LastIndexOf('\n', MostCharacters);
        int left = whole.AsSpan(end + 1).Count('\n');
        return string.Create(CultureInfo.InvariantCulture, $"{whole[..end]}\n… and {left} more lines: run makalu nightly --dry-run, or read the plans.\n");
    }
}
