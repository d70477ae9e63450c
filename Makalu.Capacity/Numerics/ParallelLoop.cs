using System.Runtime.ExceptionServices;

namespace Makalu.Capacity.Numerics;

/// <summary>Runs independent items of a loop on several threads of the pool, never on more than are allowed, loops within loops included.</summary>
/// <remarks>
/// The framework's <see cref="Parallel"/> bounds each loop by itself, so that a bound of 2 on two nested loops lets 4 threads run. Here all loops
/// within <see cref="LimitTo"/> share one allowance; a loop takes a further thread whenever one is free. The calling thread always works too, so
/// that no loop waits for a thread: one task scheduler for all loops (<see cref="ConcurrentExclusiveSchedulerPair"/>) would bound them together too,
/// but runs nothing on the thread that calls, and where the pool's threads all call it they wait for new ones. What an item throws leaves the loop as it is, not within an <see cref="AggregateException"/>.
/// </remarks>
internal static class ParallelLoop
{
    private static readonly Allowance Processors = new(Environment.ProcessorCount, null);
    private static readonly AsyncLocal<Allowance?> Ambient = new();

    /// <summary>Bounds all loops of the calling flow of execution until the result is disposed of.</summary>
    /// <param name="threads">How many threads may work at once, the calling one included; 1 or more. A bound that is in force already stays in force.</param>
    public static Allowance LimitTo(int threads)
    {
        var allowance = new Allowance(threads, Ambient.Value);
        Ambient.Value = allowance;
        return allowance;
    }

    /// <summary>Runs a body for 0, 1, … below a count, in any order.</summary>
    /// <param name="count">How many.</param>
    /// <param name="body">Takes the index.</param>
    /// <param name="cancellationToken">Cancels between items.</param>
    /// <exception cref="OperationCanceledException">It was cancelled before all items were done.</exception>
    public static void For(int count, Action<int> body, CancellationToken cancellationToken = default) => For(count, int.MaxValue, body, cancellationToken);

    /// <summary>The same with a further bound, on the threads of this loop alone.</summary>
    public static void For(int count, int mostThreads, Action<int> body, CancellationToken cancellationToken = default)
        => Run(count, mostThreads, () => body, (i, act) => act(i), cancellationToken);

    /// <summary>Runs a body for 0, 1, … below a count, in any order, with something that each thread prepares for itself, such as a buffer.</summary>
    public static void For<T>(int count, Func<T> prepare, Action<int, T> body, CancellationToken cancellationToken = default)
        => Run(count, int.MaxValue, prepare, body, cancellationToken);

    /// <summary>Runs actions, in any order.</summary>
    public static void Invoke(Action[] actions, CancellationToken cancellationToken = default) => For(actions.Length, i => actions[i](), cancellationToken);

    private static void Run<T>(int count, int mostThreads, Func<T> prepare, Action<int, T> body, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (count > 0)
            new Loop<T>(count, mostThreads, prepare, body, Ambient.Value ?? Processors, cancellationToken).Run();
    }

    /// <summary>How many threads may work at once, shared by the loops within.</summary>
    internal sealed class Allowance(int threads, Allowance? outer) : IDisposable
    {
        private readonly Lock _counting = new();
        private int _taken = 1;

        /// <summary>The most threads that worked at once.</summary>
        public int MostTaken { get; private set; } = 1;

        public bool TryTake()
        {
            if (Volatile.Read(ref _taken) >= threads)
                return false;

            lock (_counting)
            {
                if (_taken >= threads)
                    return false;
                _taken++;
            }

            // The outer one is asked last, so that it never counts a thread that is then refused here.
            if (outer?.TryTake() is false)
            {
                lock (_counting)
                    _taken--;
                return false;
            }

            lock (_counting)
                MostTaken = Math.Max(MostTaken, _taken);
            return true;
        }

        public void Return()
        {
            lock (_counting)
                _taken--;
            outer?.Return();
        }

        /// <summary>Ends the bound.</summary>
        public void Dispose() => Ambient.Value = outer;
    }

    private sealed class Loop<T>(int count, int mostThreads, Func<T> prepare, Action<int, T> body, Allowance allowance, CancellationToken cancellationToken)
    {
        private readonly object _state = new();
        private int _next;
        private int _threads = 1;
        private int _expected;
        private int _working;
        private bool _isClosed;
        private int _failedAt = int.MaxValue;
        private ExceptionDispatchInfo? _failure;

        public void Run()
        {
            Work();
            Close();
            _failure?.Throw();
            if (Volatile.Read(ref _next) < count)
                cancellationToken.ThrowIfCancellationRequested();
        }

        private void Work()
        {
            try
            {
                T own = prepare();
                while (!cancellationToken.IsCancellationRequested && Volatile.Read(ref _failure) is null)
                {
                    int i = Interlocked.Increment(ref _next) - 1;
                    if (i >= count)
                        return;

                    if (i + 1 < count)
                        CallAnother();
                    Do(i, own);
                }
            }
            catch (Exception exception)
            {
                Fail(count, exception);
            }
        }

        private void Do(int i, T own)
        {
            try
            {
                body(i, own);
            }
            catch (Exception exception)
            {
                Fail(i, exception);
            }
        }

        /// <summary>Of several failures the one that a loop on one thread would have met first is told.</summary>
        private void Fail(int i, Exception exception)
        {
            lock (_state)
            {
                if (i >= _failedAt)
                    return;

                _failedAt = i;
                Volatile.Write(ref _failure, ExceptionDispatchInfo.Capture(exception));
            }
        }

        private void CallAnother()
        {
            if (Volatile.Read(ref _threads) >= Math.Min(mostThreads, count) || !allowance.TryTake())
                return;

            lock (_state)
            {
                if (_isClosed || _threads >= mostThreads)
                {
                    allowance.Return();
                    return;
                }

                _threads++;
                _expected++;
            }

            ThreadPool.QueueUserWorkItem(static loop => loop.Join(), this, preferLocal: false);
        }

        private void Join()
        {
            lock (_state)
            {
                if (_isClosed)
                    return;

                _expected--;
                _working++;
            }

            Work();
            allowance.Return();
            lock (_state)
            {
                _threads--;
                _working--;
                Monitor.Pulse(_state);
            }
        }

        /// <summary>Waits for those who have begun, and for no others: the pool may be busy.</summary>
        private void Close()
        {
            lock (_state)
            {
                _isClosed = true;
                for (; _expected > 0; _expected--)
                    allowance.Return();
                while (_working > 0)
                    Monitor.Wait(_state);
            }
        }
    }
}
