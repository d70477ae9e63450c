using static System.FormattableString;

namespace Makalu.Capacity.Sizing;

/// <summary>The assumptions that the sizing itself made.</summary>
internal static class PlanAssumptions
{
    public static void Add(PlanSubject subject, List<string> assumptions)
    {
        DatabaseDescription database = subject.Database;
        if (subject.Decision.Knee is not null && database.ContentionPenalty is null && database.Scalability is null)
        {
            assumptions.Add(Invariant($"The contention penalty of the database is not known; {DatabaseDescription.DefaultContentionPenalty} for each request beyond its cores is assumed."));
        }

        assumptions.AddRange(subject.System.Observed?.Notes ?? []);
        foreach (ServiceDescription service in subject.System.Services)
        {
            if (service.DatabaseTimeP95 is { } p95 && p95 / service.DatabaseTimeMean > HoldTime.LargestRatio)
            {
                assumptions.Add(Invariant($"The 95 % quantile of {service.Name}'s database time is {p95 / service.DatabaseTimeMean:0.#} times its mean, more than the {HoldTime.LargestRatio:0.##} that a lognormal distribution can have; {HoldTime.LargestRatio:0.##} is taken."));
            }

            if (service.ConnectionsPerRequest > 1 && service.MaxConcurrentRequests is null)
            {
                assumptions.Add(Invariant($"How many requests an instance of {service.Name} runs at once is not known; what a Poisson peak exceeds once in 10,000 is taken for the deadlock floor. Give maxConcurrentRequests."));
            }
        }

        if (!subject.Budget.IsPostgreSql && database.SuperuserReserved > 0)
        {
            assumptions.Add(Invariant($"superuserReserved {database.SuperuserReserved} is not counted: MySQL and MariaDB keep one connection for the administrator beyond max_connections."));
        }
    }
}
