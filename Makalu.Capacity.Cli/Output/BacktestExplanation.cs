using System.Globalization;
using System.Text;
using Makalu.Capacity.Backtesting;
using Makalu.Capacity.Cli.Arguments;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Monitoring;
using Makalu.Capacity.Reporting;

namespace Makalu.Capacity.Cli.Output;

/// <summary>What was chosen at each origin of a backtest, and how it did, as lines to read.</summary>
internal static class BacktestExplanation
{
    public static string Of(CapacityBacktestReport report)
    {
        var text = new StringBuilder();
        foreach (Night night in report.Nights)
        {
            Append(text, night);
        }

        foreach (SkippedOrigin skipped in report.Skipped)
        {
            Line(text, $"{PlanText.IsoTime(skipped.Origin)}: left out: {skipped.Reason}");
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, Night night)
    {
        ForecastScore score = night.Score;
        Line(text, $"{PlanText.IsoTime(night.Origin)}: model '{score.Record.Model}', mean absolute error {PlanText.Rate(score.MeanAbsoluteError)} requests/s of {PlanText.Rate(score.MeanActual)}, pinball loss {score.PinballLoss / score.ExpectedPinballLoss:0.00} of the expected");
        if (score.Peaks.FirstOrDefault(p => p.Window.Kind == "horizon") is { } peak)
        {
            ReadOnlySpan<double> quantiles = score.Record.Quantiles;
            var said = new StringBuilder();
            for (int i = 0; i < quantiles.Length; i++)
            {
                said.Append(CultureInfo.InvariantCulture, $"{(i == 0 ? "" : ", ")}{quantiles[i] * 100:0.###} %: {PlanText.Rate(peak.Record.RequestsPerSecond[i])}");
            }

            Line(text, $"  peak {PlanText.Rate(peak.ActualRequestsPerSecond)} requests/s at {PlanText.IsoTime(peak.ActualAt)}; forecast at most {said}");
        }

        if (night.Report is not { } report)
        {
            return;
        }

        if (report.WorkingStep > TimeSpan.Zero)
        {
            Line(text, $"  worked at {DurationArgument.Format(report.WorkingStep)}, judged at {report.Origins} origins before");
        }

        foreach (ForecastMember member in report.Members.Where(m => m.Weight > 0))
        {
            Line(text, $"  {member.Weight,6:0.000}  loss {member.PinballLoss,8:0.0000}  error {member.MeanAbsoluteError,8:0.0000}  {member.Name}");
        }
    }

    private static void Line(StringBuilder text, FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
