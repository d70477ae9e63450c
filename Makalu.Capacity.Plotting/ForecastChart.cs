using System.Xml.Linq;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Reporting;
using Makalu.Capacity.Series;
using ScottPlot;

namespace Makalu.Capacity.Plotting;

/// <summary>The forecast as a picture: the end of the history, the band of the future, the campaigns, the peak that is sized for, and what the settings carry.</summary>
internal sealed class ForecastChart
{
    private const int MostBins = 480;
    private const double PlotHeight = 280;
    private const double LabelHeight = 15;
    private const int MostLabelRows = 4;

    /// <summary>A limit so many times above all else is told in the legend and not drawn, for it would press everything flat.</summary>
    private const double HighestLimit = 1.7;

    private readonly Forecast _forecast;
    private readonly TimeSeries? _past;
    private readonly Campaign[] _campaigns;
    private readonly double _quantile;
    private readonly double? _demand;
    private readonly PlanOutlook? _outlook;
    private readonly DateTimeOffset _start;

    private ForecastChart(Forecast forecast, TimeSeries? past, IEnumerable<Campaign> campaigns, double quantile, double? demand, PlanOutlook? outlook)
    {
        _forecast = forecast;
        _past = past is { Count: > 0 } ? past : null;
        _start = _past?.Start ?? forecast.Start;
        _campaigns = [.. campaigns.Where(c => c.EndsAt > _start && c.StartsAt < forecast.End)];
        _quantile = quantile;
        _demand = demand;
        _outlook = outlook;
    }

    public static XElement Draw(CapacityPlan plan, int width)
    {
        TimeSeries rates = plan.History.RequestsPerSecond;
        int count = (int)Math.Min(rates.Count, Math.Ceiling((plan.Forecast.End - plan.Forecast.Start) / rates.Step));
        return new ForecastChart(plan.Forecast, rates.Slice(rates.Count - count, count), plan.Calendar.Campaigns, plan.Demand.Quantile, plan.Demand.StepRequestsPerSecond, plan.Outlook).Draw(width);
    }

    public static XElement Draw(Forecast forecast, TimeSeries? past, int width)
        => new ForecastChart(forecast, past, forecast.CampaignEffects.Select(e => e.Campaign), 0.99, null, null).Draw(width);

    private XElement Draw(int width)
    {
        double[][] quantiles = _forecast.Quantiles([0.05, 0.5, 0.95, _quantile]);
        int stepsPerBin = Math.Max(1, (int)Math.Ceiling((_forecast.End - _start) / _forecast.Step / Math.Min(MostBins, width)));
        double highest = Math.Max(_demand ?? 0, Math.Max(_past is null ? 0 : StepBins.Highest(_past.Values), StepBins.Highest(quantiles[3])));
        List<ChartLevel> levels = Levels(highest);
        double top = Math.Max(highest, levels.Count == 0 ? 0 : levels.Max(l => l.Rate)) * 1.03;
        double tick = Scale.Tick(Math.Max(top, 1e-3), 5);
        double ceiling = Math.Max(tick, Math.Ceiling(top / tick) * tick);
        double left = 14 + ChartText.Width(PlanText.Number(Math.Round(ceiling, 6)));
        var names = new NameRows(_campaigns.Select(c => (X(c.StartsAt), X(c.EndsAt), c.Name)), left, width - 12, X(_forecast.End), MostLabelRows, highestName: width / 2.0);
        double above = 20 + (names.Rows * LabelHeight) + 4;
        var panel = new ChartPanel(width, above + PlotHeight + 28, new ChartMargins(left, 12, above, 28), (0, X(_forecast.End)), (0, ceiling));

        foreach (Campaign campaign in _campaigns)
        {
            double from = Math.Max(0, X(campaign.StartsAt));
            double to = Math.Min(X(_forecast.End), X(campaign.EndsAt));
            panel.AddBox(from, Math.Max(to, from + (X(_forecast.End) * 2 / panel.PlotWidth)), 0, ceiling, Palette.Campaign);
        }

        panel.AddScale(tick);
        panel.AddTimes(TimeTicks.Between(_start, _forecast.End, panel.PlotWidth));
        panel.AddText(8, 12, "requests per second, average of a step", "start", Palette.Soft);
        foreach ((double x, int row, string name) in names.Placed)
        {
            panel.AddText(x, above - 6 - (row * LabelHeight), name, "middle", Palette.Ink);
        }

        double[] times = Times(_forecast.Start, _forecast.Step * stepsPerBin, (quantiles[0].Length + stepsPerBin - 1) / stepsPerBin);
        panel.AddBand(times, StepBins.Highest(quantiles[0], stepsPerBin), StepBins.Highest(quantiles[2], stepsPerBin), Palette.Band);
        if (_past is not null)
        {
            int pastPerBin = Math.Max(1, (int)Math.Round(_forecast.Step * stepsPerBin / _past.Step));
            double[] bins = StepBins.Highest(_past.Values, pastPerBin);
            panel.AddLine(Times(_past.Start, _past.Step * pastPerBin, bins.Length), bins, Palette.Past, 1);
        }

        panel.AddLine(times, StepBins.Highest(quantiles[1], stepsPerBin), Palette.Forecast, 1.5f);
        panel.AddLine(times, StepBins.Highest(quantiles[3], stepsPerBin), Palette.Forecast, 1, LinePattern.Dotted);
        AddLevels(panel, levels);

        var chart = new Chart("forecast-chart", width, Title, Description(_forecast.Step * stepsPerBin));
        chart.Add(panel);
        AddLegend(chart, levels);
        return chart.Draw();
    }

    private string Title => _past is null ? "Requests per second: the forecast" : "Requests per second: the end of the history and the forecast";

    private string Description(TimeSpan bin)
    {
        string demand = _demand is double rate ? $" The plan is sized for {PlanText.Rate(rate)} requests per second." : "";
        string campaigns = _campaigns.Length == 0 ? "" : $" Campaigns: {string.Join(", ", _campaigns.Select(c => $"{c.Name} from {PlanText.Time(c.StartsAt)} to {PlanText.Time(c.EndsAt)}"))}.";
        string carried = _outlook is { CurrentSettingsCarry: double now, PlannedSettingsCarry: double planned } ? $" The settings of today carry {PlanText.Rate(now)}, those planned {PlanText.Rate(planned)} requests per second." : "";
        return $"From {PlanText.Time(_start)} to {PlanText.Time(_forecast.End)}; each point is the highest step within {PlanText.Duration(bin)}. The band holds 90 % of the simulated futures.{demand}{carried}{campaigns}";
    }

    private List<ChartLevel> Levels(double highest)
    {
        List<ChartLevel> levels = [];
        if (_demand is double demand)
        {
            levels.Add(new ChartLevel(demand, $"sized for {PlanText.Rate(demand)} ({PlanText.Percent(_quantile)})", Palette.Demand, LinePattern.DenselyDashed));
        }

        if (_outlook?.CurrentSettingsCarry is double now && now <= highest * HighestLimit)
        {
            levels.Add(new ChartLevel(now, $"settings of today carry {PlanText.Rate(now)}", Palette.LimitNow, LinePattern.Dashed));
        }

        if (_outlook?.PlannedSettingsCarry is double planned && planned <= highest * HighestLimit)
        {
            levels.Add(new ChartLevel(planned, $"planned settings carry {PlanText.Rate(planned)}", Palette.LimitPlanned, LinePattern.Solid));
        }

        return levels;
    }

    /// <summary>Names stand above their lines; of two lines that lie close together the lower one has its name below.</summary>
    private static void AddLevels(ChartPanel panel, List<ChartLevel> levels)
    {
        ChartLevel[] rising = [.. levels.OrderBy(l => l.Rate)];
        double lowest = panel.Height;
        for (int i = 0; i < rising.Length; i++)
        {
            ChartLevel level = rising[i];
            panel.AddLevel(level.Rate, level.Colour, level.Pattern);
            bool hasCloseAbove = i + 1 < rising.Length && panel.Y(level.Rate) - panel.Y(rising[i + 1].Rate) < LabelHeight + 4;
            bool hasRoomBelow = panel.Y(level.Rate) + LabelHeight < Math.Min(lowest - LabelHeight, panel.Height - panel.Margins.Bottom);
            double y = hasCloseAbove && hasRoomBelow ? panel.Y(level.Rate) + LabelHeight : Math.Min(panel.Y(level.Rate) - 5, lowest - LabelHeight);
            panel.AddText(panel.Margins.Left + 6, y, level.Text, "start", level.Colour);
            lowest = y;
        }
    }

    private void AddLegend(Chart chart, List<ChartLevel> levels)
    {
        if (_past is not null)
        {
            chart.AddLegend(Palette.Past, "history");
        }

        chart.AddLegend(Palette.Forecast, "median");
        chart.AddLegend(Palette.Band, "5 % to 95 %", isArea: true);
        chart.AddLegend(Palette.Forecast, PlanText.Percent(_quantile) + " of each step", dashes: "2 3");
        if (_campaigns.Length > 0)
        {
            chart.AddLegend(Palette.Campaign, "campaign", isArea: true);
        }

        if (_outlook is null)
        {
            return;
        }

        if (_outlook.CurrentSettingsCarry is double now && !levels.Exists(l => l.Colour == Palette.LimitNow))
        {
            chart.AddLegend(Palette.LimitNow, $"settings of today carry {PlanText.Rate(now)}, above the chart");
        }

        if (_outlook.PlannedSettingsCarry is double planned && !levels.Exists(l => l.Colour == Palette.LimitPlanned))
        {
            chart.AddLegend(Palette.LimitPlanned, $"planned settings carry {PlanText.Rate(planned)}, above the chart");
        }
    }

    private double X(DateTimeOffset time) => TimeTicks.Days(time, _start);

    private double[] Times(DateTimeOffset start, TimeSpan step, int count) => [.. Enumerable.Range(0, count).Select(i => X(start + (step * i)))];

    private sealed record ChartLevel(double Rate, string Text, ChartColour Colour, LinePattern Pattern);
}
