using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Peaks;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Reporting;

/// <summary>What <c>makalu verify</c> needs of a plan to put the planned peak on a real server.</summary>
internal static class PlanRehearsal
{
    private static readonly TimeSpan Before = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan After = TimeSpan.FromMinutes(60);

    public static PlanDocument.RehearsalEntry Of(CapacityPlan plan)
    {
        ArrivalProcess arrivals = PeakArrivals.Of(plan.Demand, []);
        return new PlanDocument.RehearsalEntry(
            plan.System.Target.MaxWait,
            plan.System.Target.WaitProbability,
            arrivals.Rate,
            arrivals.BurstDispersion,
            arrivals.RateVariation,
            plan.Forecast.Step,
            Profile(plan.Forecast, plan.Demand),
            [.. plan.System.Services.Zip(plan.Connections.Services, Service)]);
    }

    private static PlanDocument.RehearsedServiceEntry Service(ServiceDescription service, ServicePool pool)
    {
        // An instance with several pools is rehearsed as so many with one each.
        double requests = pool.RequestsPerSecondPerInstance / service.ConnectionStrings;
        double connections = requests * service.ConnectionsPerRequest;
        TimeSpan hold = connections > 0 ? TimeSpan.FromSeconds(pool.OfferedLoad / connections) : service.DatabaseTimeMean;
        return new PlanDocument.RehearsedServiceEntry(
            service.Name,
            service.SteadyPools,
            requests,
            service.ConnectionsPerRequest,
            service.DatabaseTimeMean,
            service.DatabaseTimeP95,
            service.DatabaseCpuTimeMean,
            hold);
    }

    /// <summary>The forecast around its peak, from half an hour before to an hour after it, as fractions of the peak; at the quantile that is sized for.</summary>
    private static double[] Profile(Forecast forecast, PeakDemand demand)
    {
        double[] rates = forecast.Quantile(demand.Quantile);
        int peak = (int)Math.Clamp((demand.At - forecast.Start) / forecast.Step, 0, forecast.Horizon - 1);
        int from = Math.Max(0, peak - Math.Max(1, (int)(Before / forecast.Step)));
        int to = Math.Min(forecast.Horizon - 1, peak + Math.Max(1, (int)(After / forecast.Step)));
        ReadOnlySpan<double> around = rates.AsSpan(from, to - from + 1);
        double highest = Math.Max(1e-9, System.Numerics.Tensors.TensorPrimitives.Max(around));
        var profile = new double[around.Length];
        for (int i = 0; i < profile.Length; i++)
        {
            profile[i] = Math.Max(0, around[i] / highest);
        }

        return profile;
    }
}
