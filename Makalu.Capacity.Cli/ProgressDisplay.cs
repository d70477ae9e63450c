using Spectre.Console;

namespace Makalu.Capacity.Cli;

/// <summary>A progress bar with the time left on standard error, where a person looks on.</summary>
internal static class ProgressDisplay
{
    /// <summary>Runs long work that tells how far it has come.</summary>
    /// <param name="console">Where to show the bar; nothing is shown when it is no terminal.</param>
    /// <param name="quiet">Whether to show nothing at all.</param>
    /// <param name="work">The work.</param>
    public static T Run<T>(CommandConsole console, bool quiet, Func<IProgress<PlanProgress>?, T> work)
    {
        if (quiet || !console.ShowsProgress)
        {
            return work(null);
        }

        T result = default!;
        Create(console).Start(context => result = work(new Bar(context.AddTask("starting", maxValue: 1))));
        return result;
    }

    /// <summary>Runs long work that waits for others in between.</summary>
    public static async Task<T> RunAsync<T>(CommandConsole console, bool quiet, Func<IProgress<PlanProgress>?, Task<T>> work)
    {
        if (quiet || !console.ShowsProgress)
        {
            return await work(null);
        }

        T result = default!;
        await Create(console).StartAsync(async context => result = await work(new Bar(context.AddTask("starting", maxValue: 1))));
        return result;
    }

    private static Progress Create(CommandConsole console) => console.Messages.Progress()
        .AutoClear(true)
        .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn());

    private sealed class Bar(ProgressTask task) : IProgress<PlanProgress>
    {
        public void Report(PlanProgress value)
        {
            task.Description = Markup.Escape(value.Stage);
            task.Value = value.Fraction;
        }
    }
}
