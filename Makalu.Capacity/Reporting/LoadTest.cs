using System.Text.Json.Nodes;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Peaks;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Reporting;

/// <summary>A load test that puts the planned peak on the system before the peak does: stages, bursts, and what must hold.</summary>
internal static class LoadTest
{
    private const double PeakMinutes = 15;

    public static ConfigurationFile Write(CapacityPlan plan)
    {
        var file = new JsonObject
        {
            ["schema"] = 1,
            ["purpose"] = "Rehearse the planned peak with the planned settings. " + PlanSummary.Of(plan).Headline,
            ["arrivals"] = new JsonObject
            {
                ["model"] = "open",
                ["why"] = "Users arrive whether or not the system answers; a closed loop of virtual users would slow down with the system and hide the queue.",
                ["busiestSecondRequestsPerSecond"] = PlanText.Significant(plan.Demand.RequestsPerSecond),
                ["burstFactor"] = PlanText.Significant(plan.Demand.BurstFactor),
                ["dispersionAtOneSecond"] = plan.Demand.DispersionAtOneSecond is double dispersion ? PlanText.Significant(dispersion) : null,
            },
            ["stages"] = Stages(plan),
            ["services"] = new JsonArray([.. plan.System.Services.Select(s => Service(s, plan.Demand))]),
            ["passes"] = Criteria(plan),
        };
        return new ConfigurationFile("load-test.json", file.ToJsonString(PlanJsonContext.Plan.Options) + "\n", "the load test that rehearses the peak");
    }

    private static JsonArray Stages(CapacityPlan plan)
    {
        PeakDemand demand = plan.Demand;
        double usual = Usual(plan.Forecast);
        double peak = demand.StepRequestsPerSecond;
        double beyond = peak * (1 + plan.System.Target.Headroom);
        TimeSpan rise = Rise(plan.Forecast, demand, usual);
        return
        [
            Stage("warm-up", TimeSpan.FromMinutes(5), usual, usual, "The usual load: caches and pools fill."),
            Stage("rise", rise, usual, peak, "As steep as the forecast rises to its peak."),
            Stage("peak", TimeSpan.FromMinutes(PeakMinutes), peak, peak, "The planned peak, averaged over " + PlanText.Duration(demand.Step) + ".", demand.RequestsPerSecond),
            Stage("beyond", TimeSpan.FromMinutes(5), peak, beyond, "Into the headroom: where does it break first?"),
            Stage("recovery", TimeSpan.FromMinutes(5), usual, usual, "Waits must be back to nothing without a restart."),
        ];
    }

    private static JsonObject Stage(string name, TimeSpan duration, double from, double to, string why, double? busiestSecond = null)
    {
        var stage = new JsonObject
        {
            ["name"] = name,
            ["duration"] = duration.ToString("c"),
            ["fromRequestsPerSecond"] = PlanText.Significant(from),
            ["toRequestsPerSecond"] = PlanText.Significant(to),
        };
        if (busiestSecond is double burst)
        {
            stage["bursts"] = new JsonObject { ["every"] = "00:00:30", ["duration"] = "00:00:01", ["requestsPerSecond"] = PlanText.Significant(burst) };
        }

        stage["why"] = why;
        return stage;
    }

    private static JsonObject Service(ServiceDescription service, PeakDemand demand) => new()
    {
        ["name"] = service.Name,
        ["trafficShare"] = service.TrafficShare,
        ["requestsPerSecondAtPeak"] = PlanText.Significant(demand.StepRequestsPerSecond * service.TrafficShare),
        ["busiestSecondRequestsPerSecond"] = PlanText.Significant(demand.RequestsPerSecond * service.TrafficShare),
    };

    private static JsonArray Criteria(CapacityPlan plan)
    {
        ServiceTarget target = plan.System.Target;
        DatabaseDescription database = plan.System.Database;
        string[] criteria =
        [
            $"At most {PlanText.Percent(target.WaitProbability)} of the requests wait longer than {PlanText.Duration(target.MaxWait)} for a connection.",
            "No connection is refused ('too many clients', 'Too many connections').",
            FormattableString.Invariant($"Connections stay at or below {plan.Connections.MaxConnections - database.SuperuserReserved - database.Reserved}, max_connections without the reserves."),
            $"The database's processors stay at or below {PlanText.Percent(target.MaxCpuUtilisation)} on average over a minute.",
        ];

        // A collection of text would be made by reflection, which file-based programs and AOT are without.
        return new JsonArray([.. criteria.Select(c => JsonValue.Create(c))]);
    }

    /// <summary>The median of the median forecast.</summary>
    private static double Usual(Forecast forecast)
    {
        double[] median = forecast.Quantile(0.5);
        Array.Sort(median);
        return median[median.Length / 2];
    }

    /// <summary>The time for which the forecast climbs from its usual load to its peak, within 1 to 30 minutes.</summary>
    private static TimeSpan Rise(Forecast forecast, PeakDemand demand, double usual)
    {
        double[] high = forecast.Quantile(demand.Quantile);
        int peak = (int)Math.Clamp((demand.At - forecast.Start) / forecast.Step, 0, forecast.Horizon - 1);
        int foot = peak;
        while (foot > 0 && high[foot] > usual && forecast.Step * (peak - foot) < TimeSpan.FromMinutes(30))
        {
            foot--;
        }

        double minutes = Math.Clamp((forecast.Step * (peak - foot)).TotalMinutes, 1, 30);
        return TimeSpan.FromMinutes(Math.Round(minutes));
    }
}
