#:package Makalu.Capacity@0.1.0

// Would these plans have held? The last two weeks replayed as if we had planned every night, beside two rules of thumb.
using Makalu.Capacity.Backtesting;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Series;

string data = args.Length > 0 ? args[0] : "data";
RequestHistory history = SeriesFile.Read(Path.Combine(data, "requests.csv.gz"))[0];
CampaignCalendar calendar = CampaignCalendarReader.Read(Path.Combine(data, "calendar.csv"));

var backtest = new CapacityBacktest(new CapacityBacktestOptions { Step = TimeSpan.FromMinutes(15), Origins = 14 });
CapacityBacktestReport report = backtest.Run(history, calendar);
Console.WriteLine("rule                      nights short   minutes short   capacity that lay idle");
foreach (DecisionOutcome outcome in report.Decision.CostRisk.Concat(report.Decision.Alternatives))
{
    Console.WriteLine(FormattableString.Invariant($"{outcome.Rule,-24} {outcome.PlansExceeded,8} of {outcome.Plans,2} {outcome.Exceeded.TotalMinutes,14:0} {outcome.OverProvision,18:0%} of the demand"));
}
