using static System.FormattableString;

namespace Makalu.Capacity.Postgres.LoadTest;

/// <summary>Decides whether a load test passed, and says why not.</summary>
internal sealed class LoadJudgement(RehearsalPlan plan, VerificationOptions options)
{
    /// <summary>Standard deviations by which the late share must exceed what is allowed: 99 % confidence, one-sided.</summary>
    private const double Confidence = 2.326;

    /// <summary>The load generator may be late by this part of the allowed wait.</summary>
    private const double AllowedLag = 0.5;

    public VerificationReport Judge(IReadOnlyList<LoadReport> loads, string server, string statement)
    {
        string[] failures = [.. loads.SelectMany(Failures)];
        return new VerificationReport
        {
            Passed = failures.Length == 0,
            Failures = failures,
            Notes = [.. Notes(loads)],
            Server = server,
            Statement = statement,
            MaxWait = TimeSpan.FromSeconds(plan.MaxWaitSeconds),
            AllowedLateShare = plan.WaitProbability,
            PlannedMaxConnections = plan.MaxConnections,
            Loads = loads,
        };
    }

    private IEnumerable<string> Failures(LoadReport report)
    {
        string at = Invariant($"At {report.Load:0.##%} of the peak");
        foreach ((string state, int count) in report.Refused)
        {
            yield return Invariant($"{at} {count} of {report.Requests} requests were refused a connection with SQLSTATE {state}{(state == "53300" ? " (too many connections)" : "")}.");
        }

        if (report.GeneratorLagP99.TotalSeconds > AllowedLag * plan.MaxWaitSeconds)
        {
            yield return Invariant($"{at} this machine could not send the requests in time (99 % within {report.GeneratorLagP99.TotalMilliseconds:0.#} ms, more than half the allowed wait), so the figures say little about the server. Run it from a faster machine, or with fewer --instances.");
            yield break;
        }

        // Beyond the planned peak queues are to be expected; what must not happen there is a refusal.
        if (report.Load > 1 + 1e-9)
            yield break;

        foreach ((string kind, int count) in report.Failed)
        {
            yield return Invariant($"{at} {count} of {report.Requests} requests failed: {kind}.");
        }

        foreach (ServiceReport service in report.Services)
        {
            double allowed = plan.WaitProbability;
            double noise = service.Requests == 0 ? 0 : Confidence * Math.Sqrt(allowed * (1 - allowed) / service.Requests);
            if (service.LateShare > allowed + noise)
            {
                yield return Invariant($"{at} {service.LateShare:0.##%} of the requests of {service.Name} waited longer than {plan.MaxWaitSeconds * 1000:0.#} ms for a connection; {allowed:0.##%} may (the plan predicted {service.PlannedLateShare:0.##%}). {Cause(service)}");
            }
        }
    }

    private static string Cause(ServiceReport service)
        => service.HoldMean > 1.15 * service.PlannedHoldMean
            ? Invariant($"A connection was held for {service.HoldMean.TotalMilliseconds:0.#} ms on average, the plan took {service.PlannedHoldMean.TotalMilliseconds:0.#} ms: this server is slower than the planned one, or has fewer cores.")
            : "Connections were held for as long as planned, so the pool is too small for how the requests come.";

    private IEnumerable<string> Notes(IReadOnlyList<LoadReport> loads)
    {
        if (plan.Verdict == "scale")
            yield return "The plan's verdict is scale: it says itself that this server cannot serve the peak.";

        if (plan.HasPooler)
            yield return "A wait for the pooler's own connections is part of the time held here, which is seen from the clients.";

        RehearsedService[] partly = [.. plan.Services.Where(service => service.Instances > options.MaxInstances)];
        if (partly.Length > 0)
            yield return Invariant($"Only {options.MaxInstances} of {string.Join(", ", partly.Select(service => Invariant($"{service.Instances} instances of {service.Name}")))} ran, so the pools were tested and max_connections was not.");

        if (options.MaxPoolSize is { } size)
            yield return Invariant($"The pools were {size} as asked for, not the plan's.");

        foreach (LoadReport report in loads)
        {
            if (report.ServerView is { } view && view.MaxConnections != plan.MaxConnections && report == loads[0])
                yield return Invariant($"The server's max_connections is {view.MaxConnections}; the plan says {plan.MaxConnections}.");

            foreach (ServiceReport service in report.Services.Where(_ => report.Load > 1 && report.Refused.Count == 0))
            {
                yield return Invariant($"At {report.Load:0.##%} of the peak {service.LateShare:0.##%} of the requests of {service.Name} waited longer than allowed, and none was refused.");
            }
        }
    }
}
