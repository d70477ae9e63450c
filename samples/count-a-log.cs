#:package Makalu.Capacity@0.1.0

// What is in my access log? Requests a minute, the busiest second, and how bursty it is.
using Makalu.Capacity.Logs;
using Makalu.Capacity.Series;

string data = args.Length > 0 ? args[0] : "data";
var builder = new TimeSeriesBuilder();
LogReadReport report = builder.AddLogs([Path.Combine(data, "logs", "*")], new RequestLogOptions { ExcludeRoutes = ["/static/*"] });
RequestHistory history = builder.Build(TimeSpan.FromMinutes(1));

Console.WriteLine(FormattableString.Invariant($"{builder.Count:N0} requests of {report.Files.Count} file(s), {history.Requests.Count} whole minutes from {history.Requests.Start:yyyy-MM-dd HH:mm}Z"));
int busiest = 0;
for (int i = 1; i < history.Requests.Count; i++)
{
    if (history.Requests[i] > history.Requests[busiest])
    {
        busiest = i;
    }
}

Console.WriteLine(FormattableString.Invariant($"busiest minute: {history.Requests[busiest]:N0} requests at {history.Requests.Start + (history.Requests.Step * busiest):HH:mm}Z, busiest second {history.PeakRequestsPerSecond![busiest]:N0}, index of dispersion {history.DispersionAtOneSecond![busiest]:0.00} (1 is a Poisson stream)"));
