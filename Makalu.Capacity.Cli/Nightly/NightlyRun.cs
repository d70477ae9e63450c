using Makalu.Capacity.Cli.Nightly.Sources;

namespace Makalu.Capacity.Cli.Nightly;

/// <summary>The night of all services: side by side, each for itself, so that one that fails does not stop the others.</summary>
/// <param name="configuration">What to do.</param>
/// <param name="isDryRun">Whether nothing is written.</param>
/// <param name="time">The clock.</param>
/// <param name="explain">Told the stages of each service when it is done, whole lines; null tells nobody.</param>
internal sealed class NightlyRun(NightlyConfiguration configuration, bool isDryRun, TimeProvider time, Action<string>? explain = null)
{
    private readonly Lock _telling = new();

    public async Task<IReadOnlyList<NightlyOutcome>> RunAsync(IProgress<PlanProgress>? progress, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        var outcomes = new NightlyOutcome[configuration.Services.Count];
        int done = 0;
        await Parallel.ForAsync(0, outcomes.Length, new ParallelOptions { MaxDegreeOfParallelism = configuration.Parallelism, CancellationToken = cancellationToken }, async (i, stop) =>
        {
            NightlyService service = configuration.Services[i];
            var stages = new NightlyStages(time);
            outcomes[i] = await GuardAsync(service, () => new NightlyWork(configuration, isDryRun, stages).RunAsync(service, now, stop), stop).ConfigureAwait(false);
            if (explain is not null)
            {
                lock (_telling)
                {
                    explain(stages.Of(service.Name, outcomes[i]));
                }
            }

            progress?.Report(new PlanProgress(service.Name, (double)Interlocked.Increment(ref done) / outcomes.Length));
        }).ConfigureAwait(false);
        return outcomes;
    }

    private static async Task<NightlyOutcome> GuardAsync(NightlyService service, Func<Task<NightlyOutcome>> work, CancellationToken cancellationToken)
    {
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Exception cause = exception is AggregateException many ? many.Flatten().InnerExceptions[0] : exception;
            string message = cause is HistorySourceException ? cause.Message : InputErrors.Describe(cause) ?? $"unexpected failure, a bug: {cause}";
            return new NightlyOutcome { Service = service.Name, Failure = message };
        }
    }
}
