namespace Makalu.Capacity.Cli;

/// <summary>Work on many things at once whose results are taken one by one in the order of the things.</summary>
internal static class InOrder
{
    /// <summary>How many results are begun ahead of the one that is taken next, for each thread: one that takes long holds up no other.</summary>
    private const int Ahead = 4;

    /// <summary>Runs it. Taking is done by the caller's thread, while others work.</summary>
    /// <param name="items">The things.</param>
    /// <param name="threads">How many are worked on at once.</param>
    /// <param name="work">The work; cancelled once another piece has failed.</param>
    /// <param name="take">Takes a result.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static void Run<TItem, TResult>(IReadOnlyList<TItem> items, int threads, Func<TItem, CancellationToken, TResult> work, Action<TItem, TResult> take, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        TaskScheduler scheduler = new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, threads).ConcurrentScheduler;
        var begun = new Queue<Task<TResult>>();
        int next = 0;
        try
        {
            foreach (TItem item in items)
            {
                for (; next < items.Count && begun.Count < Ahead * threads; next++)
                {
                    TItem one = items[next];
                    begun.Enqueue(Task.Factory.StartNew(() => work(one, stop.Token), stop.Token, TaskCreationOptions.None, scheduler));
                }

                take(item, begun.Dequeue().GetAwaiter().GetResult());
            }
        }
        finally
        {
            // Nothing goes on behind the caller's back; what the rest would have said is no longer of interest.
            stop.Cancel();
            Task.WhenAll(begun).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).Wait(CancellationToken.None);
        }
    }
}
