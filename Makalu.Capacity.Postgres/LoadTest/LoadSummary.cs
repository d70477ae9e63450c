namespace Makalu.Capacity.Postgres.LoadTest;

/// <summary>Puts the requests of all workers at one load together.</summary>
internal sealed class LoadSummary(RehearsalPlan plan, VerificationOptions options)
{
    public LoadReport Summarise(double load, IReadOnlyList<(RehearsedService Service, WorkerResult Result)> results, ServerView? server)
    {
        Dictionary<string, int> failures = [];
        foreach ((string kind, int count) in results.SelectMany(entry => entry.Result.Failures))
        {
            failures[kind] = failures.GetValueOrDefault(kind) + count;
        }

        double held = options.Duration.TotalSeconds * (ArrivalSchedule.HeldTo - ArrivalSchedule.HeldFrom);
        return new LoadReport
        {
            Load = load,
            PeakRequestsPerSecond = results.Sum(entry => entry.Service.RequestsPerSecondPerInstance) * load,
            Requests = results.Sum(entry => entry.Result.Due.Length),
            Answered = results.Sum(entry => entry.Result.Latency.Count(value => !float.IsNaN(value))),
            PeakThroughput = results.Sum(entry => AtPeak(entry.Result, entry.Result.Latency).Count(value => !float.IsNaN(value))) / held,
            Refused = failures.Where(entry => IsRefusal(entry.Key)).ToDictionary(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal),
            Failed = failures.Where(entry => !IsRefusal(entry.Key)).ToDictionary(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal),
            GeneratorLagP99 = Quantiles.Of(results.SelectMany(entry => entry.Result.Lag)).P99,
            ServerView = server,
            Services = [.. results.GroupBy(entry => entry.Service).Select(group => Service(group.Key, [.. group.Select(entry => entry.Result)]))],
        };
    }

    /// <summary>Connections that the server, or a pooler before it, did not let in: class 53 (too many connections, out of memory), 57P03 (starting), 08P01 (a pooler's own refusals).</summary>
    private static bool IsRefusal(string kind) => kind.StartsWith("53", StringComparison.Ordinal) || kind is "57P03" or "08P01" or "08004" or "28000";

    private ServiceReport Service(RehearsedService service, WorkerResult[] results)
    {
        float[] waits = [.. results.SelectMany(result => AtPeak(result, result.PoolWait))];
        float[] holds = [.. results.SelectMany(result => result.Hold).Where(hold => hold > 0)];
        return new ServiceReport
        {
            Name = service.Name,
            Instances = results.Length,
            MaxPoolSize = options.MaxPoolSize ?? service.MaxPoolSize,
            Requests = waits.Length,
            LateShare = waits.Length == 0 ? 0 : (double)waits.Count(wait => !(wait <= plan.MaxWaitSeconds)) / waits.Length,
            PlannedLateShare = service.PlannedWaitProbability,
            PoolWait = Quantiles.Of(waits),
            Latency = Quantiles.Of(results.SelectMany(result => AtPeak(result, result.Latency))),
            HoldMean = Quantiles.Rounded(holds.Length == 0 ? 0 : holds.Average(hold => (double)hold)),
            PlannedHoldMean = Quantiles.Rounded(service.PlannedHoldSeconds),
        };
    }

    private IEnumerable<float> AtPeak(WorkerResult result, float[] values)
        => values.Where((_, i) => ArrivalSchedule.IsPeak(result.Due[i] / options.Duration.TotalSeconds));
}
