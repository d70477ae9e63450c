#:package Makalu.Capacity@0.1.0

// How many connections for a peak that I already know? No history, no forecast: the sizing by itself.
using Makalu.Capacity.Peaks;
using Makalu.Capacity.Sizing;

string data = args.Length > 0 ? args[0] : "data";
SystemDescription system = SystemDescriptionReader.Read(Path.Combine(data, "system.json"));
var demand = new PeakDemand
{
    Quantile = 0.99,
    StepRequestsPerSecond = 2400,
    Step = TimeSpan.FromMinutes(1),
    BurstFactor = 1.2,
    At = new DateTimeOffset(2024, 9, 15, 17, 0, 0, TimeSpan.Zero),
    Cause = "a load test",
};
ConnectionPlan plan = new ConnectionPlanner().Plan(system, demand);
Console.WriteLine($"{plan.Verdict}: max_connections {plan.MaxConnections}");
foreach (ServicePool pool in plan.Services)
{
    Console.WriteLine(FormattableString.Invariant($"{pool.Name}: {pool.Instances} instances with {pool.MaxPoolSize} connections each, {pool.OfferedLoad:0.0} erlangs, P(wait > {system.Target.MaxWait.TotalMilliseconds} ms) = {pool.WaitProbability:0.0000}"));
}

foreach (BadDay day in plan.BadDays)
{
    Console.WriteLine($"{(day.Survives ? "survives" : "does not survive")}: {day.Title}");
}

foreach (Sensitivity sensitivity in plan.Sensitivities)
{
    Console.WriteLine($"if {sensitivity.Change}: {sensitivity.Verdict}, max_connections {sensitivity.MaxConnections}");
}
