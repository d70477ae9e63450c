using System.Diagnostics.CodeAnalysis;
using System.Xml.Linq;
using Makalu.Capacity.Backtesting;
using Makalu.Capacity.Forecasting;

namespace Makalu.Capacity.Reporting;

/// <summary>Writes forecasts, plans and backtests as HTML for a notebook, by .NET Interactive's convention.</summary>
internal sealed class NotebookFormatter
{
    private const double Quantile = 0.99;

    /// <summary>Read by .NET Interactive.</summary>
    [SuppressMessage("Performance", "CA1822:Mark members as static", Justification = "The convention reads it of an instance.")]
    public string MimeType => "text/html";

    /// <summary>Called by .NET Interactive.</summary>
    /// <returns>Whether the value was written.</returns>
    [SuppressMessage("Performance", "CA1822:Mark members as static", Justification = "The convention calls it on an instance.")]
    public bool Format(object instance, TextWriter writer)
    {
        object[]? content = instance switch
        {
            Forecast forecast => [.. Forecast(forecast)],
            CapacityPlan plan => [.. HtmlReport.Sections(plan, PlanSummary.Of(plan))],
            BacktestReport backtest => [HtmlReport.Accuracy(backtest)],
            CapacityBacktestReport replay => [.. Replay(replay)],
            _ => null,
        };
        if (content is null)
            return false;

        var html = new XElement("div", content);
        foreach (XText text in html.DescendantNodes().OfType<XText>())
            text.Value = PlanText.OneLine(text.Value);

        writer.Write(html.ToString(SaveOptions.DisableFormatting));
        return true;
    }

    private static IEnumerable<XElement> Forecast(Forecast forecast)
    {
        yield return new XElement("p", $"Forecast of {PlanText.Number(forecast.Horizon)} steps of {PlanText.Duration(forecast.Step)} from {PlanText.Time(forecast.Start)}, {PlanText.Number(forecast.PathCount)} simulated futures{(forecast.Model.Length == 0 ? "" : ", model " + forecast.Model)}.");
        if (forecast.Report is { } report)
            yield return new XElement("p", report.Reason);

        if (forecast.CampaignEffects.Count > 0)
            yield return HtmlReport.Campaigns(forecast.CampaignEffects);

        yield return ForecastTable.Create(forecast, Quantile);
    }

    private static IEnumerable<XElement> Replay(CapacityBacktestReport report)
    {
        string unit = report.Decision.Unit == CapacityUnit.Connections ? "connections" : "requests per second";
        yield return new XElement("p", $"{PlanText.Number(report.Scores.Count)} plans replayed; mean absolute error {PlanText.Number(PlanText.Significant(report.Accuracy.MeanAbsoluteError))} requests per second.");
        yield return HtmlTable.Create(
            "What planning for each quantile would have meant, beside rules of thumb",
            ["Planned for", HtmlTable.NumberColumn("Minutes short"), HtmlTable.NumberColumn("Nights short"), HtmlTable.NumberColumn("Mean capacity, " + unit), HtmlTable.NumberColumn("Idle ÷ used")],
            report.Decision.CostRisk.Concat(report.Decision.Alternatives).Select(o => new object[]
            {
                o.Rule,
                PlanText.Number(Math.Round(o.Exceeded.TotalMinutes)),
                $"{PlanText.Number(o.PlansExceeded)} of {PlanText.Number(o.Plans)}",
                PlanText.Rate(o.MeanCapacity),
                double.IsFinite(o.OverProvision) ? PlanText.Number(o.OverProvision) : "unknown",
            }));
    }
}
