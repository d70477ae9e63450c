#:package Makalu.Capacity@0.1.0

// What must be set before the launch of 15 September, and what if it is twice as large, half as large, or does not take place?
using Makalu.Capacity;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Reporting;
using Makalu.Capacity.Series;
using Makalu.Capacity.Sizing;

string data = args.Length > 0 ? args[0] : "data";
RequestHistory history = SeriesFile.Read(Path.Combine(data, "requests.csv.gz"))[0];
CampaignCalendar calendar = CampaignCalendarReader.Read(Path.Combine(data, "calendar.csv"));
SystemDescription system = SystemDescriptionReader.Read(Path.Combine(data, "system.json"));

// Fitting is what takes time; each question after it costs a simulation.
var planner = new CapacityPlanner(new CapacityPlannerOptions { Horizon = TimeSpan.FromDays(1), Step = TimeSpan.FromMinutes(5) });
CapacityModel model = planner.Fit(history, calendar);
Console.WriteLine(PlanSummary.Of(model.Recommend(system)).Headline);

Console.WriteLine();
Console.WriteLine("launch     peak, requests/s   verdict   max_connections");
foreach (double scale in new[] { 0, 0.5, 1, 2 })
{
    var scenario = new CapacityScenario { CampaignScales = new Dictionary<string, double> { ["autumn-launch"] = scale } };
    CapacityPlan plan = model.Recommend(system, scenario);
    Console.WriteLine(FormattableString.Invariant($"x {scale,-4}     {plan.Demand.RequestsPerSecond,16:N0}   {plan.Connections.Verdict,-7}   {plan.Connections.MaxConnections,15}"));
}
