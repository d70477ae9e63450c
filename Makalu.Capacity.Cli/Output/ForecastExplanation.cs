using System.Globalization;
using System.Text;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Cli.Arguments;
using Makalu.Capacity.Forecasting;

namespace Makalu.Capacity.Cli.Output;

/// <summary>How a forecast came about, as lines to read.</summary>
internal static class ForecastExplanation
{
    public static string Of(Forecast forecast, string series)
    {
        var text = new StringBuilder();
        Line(text, $"{(series.Length > 0 ? series + ": " : "")}model '{forecast.Model}'");
        if (forecast.Report is not { } report)
        {
            Line(text, $"  the model tells no more");
            return text.ToString();
        }

        Line(text, $"  {report.Reason}");
        if (report.Budget is { } budget)
        {
            Line(text, $"  budget: {budget}");
        }

        if (report.LeftOut is { } leftOut)
        {
            Line(text, $"  {leftOut}");
        }

        if (report.WorkingStep > TimeSpan.Zero)
        {
            Line(text, $"  worked at {DurationArgument.Format(report.WorkingStep)}; seasons {Season(report.ShortSeason)} and {Season(report.LongSeason)}; scale {report.Transform}; judged {DurationArgument.Format(report.JudgedHorizon)} ahead at {report.Origins} origins");
        }

        if (report.LevelShiftAt is { } at)
        {
            Line(text, $"  the level jumped to {report.LevelShiftFactor:0.00} times at {at.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}: what was before is used at the new level");
        }

        if (report.YearFactor != 1)
        {
            Line(text, $"  the time of the year takes the level to {report.YearFactor:0.00} times that at the origin, where it is farthest from it");
        }

        foreach (UnannouncedEvent outlier in report.Outliers)
        {
            Line(text, $"  outlier, which the members did not see: {outlier.StartsAt.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ} to {outlier.EndsAt.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}, {outlier.Factor:0.0#} times the usual, {outlier.ExtraRequests:0} requests");
        }

        foreach (ForecastMember member in report.Members)
        {
            Line(text, $"  {member.Weight,6:0.000}  loss {member.PinballLoss,8:0.0000}  error {member.MeanAbsoluteError,8:0.0000}  {member.Name}");
        }

        foreach (ForecastAccuracy candidate in report.Choice?.Candidates ?? [])
        {
            Line(text, $"  {(candidate.Model == report.Choice!.Chosen ? "chosen" : "      ")}  loss {candidate.RelativePinballLoss,8:0.000}  {candidate.Model}: MASE {candidate.Mase:0.00}, 95 % covers {candidate.Coverage95:0.00} of steps and {candidate.PeakCoverage95:0.00} of peaks");
        }

        if (report.Campaigns is { } campaigns)
        {
            Line(text, $"  amplitudes of campaigns: {campaigns.Amplitudes.Reason}");
            foreach (AmplitudeAccuracy candidate in campaigns.Amplitudes.Candidates)
            {
                Line(text, $"  {(candidate.Model == campaigns.Amplitudes.Chosen ? "chosen" : "      ")}  loss {candidate.Loss,8:0.0000}  error {candidate.MeanAbsoluteError,8:0.0000}  {candidate.Model}");
            }

            Line(text, $"  responses to campaigns: {campaigns.Response.Reason}");
            foreach (CampaignKindReach kind in campaigns.Kinds)
            {
                Line(text, $"  kind {kind.Kind}: {kind.PastCampaigns} past, followed from {DurationArgument.Format(kind.Anticipation)} before the start to {DurationArgument.Format(kind.Decay)} after the end ({(kind.Estimated ? "estimated" : "the default")}); {(campaigns.Response.IsAdditive(kind.Kind) ? "adds" : "multiplies")}");
            }

            foreach (UnannouncedEvent found in campaigns.Unannounced)
            {
                Line(text, $"  not on the calendar: {found.StartsAt.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ} to {found.EndsAt.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}, {found.Factor:0.00} times the usual, {found.ExtraRequests:0} requests");
            }

            foreach (CampaignUplift uplift in campaigns.Uplifts)
            {
                Line(text, $"  past campaign {string.Join(", ", uplift.Campaigns.Select(c => c.Name))} ({uplift.Campaigns[0].Kind}, {uplift.Campaigns[0].StartsAt.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}): factor {uplift.Factor:0.00} ({uplift.FactorLow:0.00} to {uplift.FactorHigh:0.00}), {uplift.ExtraRequests:0} requests ({uplift.ExtraRequestsLow:0} to {uplift.ExtraRequestsHigh:0}), peak {uplift.PeakRequestsPerSecond:0.##}/s over {uplift.BaselineAtPeak:0.##}/s, {DurationArgument.Format(uplift.LagOfPeak)} after the start, lasted {DurationArgument.Format(uplift.Duration)}");
            }
        }

        return text.ToString();
    }

    private static string Season(TimeSpan? season) => season is { } length ? DurationArgument.Format(length) : "none";

    private static void Line(StringBuilder text, FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
