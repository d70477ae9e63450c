using Makalu.Capacity.Cli;

namespace Makalu.Capacity.Tests.Cli;

[TestClass]
public sealed class InOrderTests
{
    [TestMethod]
    public void Run_TakesResultsInOrder_HoweverTheyCome()
    {
        // The first waits for the seven others that are begun with it, so that results come out of order.
        using var others = new CountdownEvent(7);
        var taken = new List<int>();

        InOrder.Run(
            [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
            threads: 2,
            (item, token) =>
            {
                if (item == 0)
                    others.Wait(token);
                Thread.SpinWait(50_000);
                if (item is > 0 and < 8)
                    others.Signal();
                return item * item;
            },
            (item, result) => taken.Add(result - item),
            CancellationToken.None);

        CollectionAssert.AreEqual(new[] { 0, 0, 2, 6, 12, 20, 30, 42, 56, 72 }, taken);
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    public void Run_WorksOnNoMoreAtOnceThanItMay(int threads)
    {
        int now = 0;
        int most = 0;

        InOrder.Run(
            [.. Enumerable.Range(0, 40)],
            threads,
            (item, _) =>
            {
                int running = Interlocked.Increment(ref now);
                InterlockedMax(ref most, running);
                Thread.SpinWait(20_000);
                Interlocked.Decrement(ref now);
                return item;
            },
            (_, _) => { },
            CancellationToken.None);

        Assert.IsLessThanOrEqualTo(threads, most);
    }

    [TestMethod]
    public void Run_WhenWorkFails_TellsTheFirstFailureInOrder_AndLeavesNothingRunning()
    {
        int running = 0;
        var taken = new List<int>();

        InvalidOperationException exception = Assert.ThrowsExactly<InvalidOperationException>(() => InOrder.Run(
            [.. Enumerable.Range(0, 50)],
            threads: 4,
            (item, token) =>
            {
                Interlocked.Increment(ref running);
                try
                {
                    if (item == 3)
                        throw new InvalidOperationException("three");

                    // All later ones would wait for ever, were they not told to stop.
                    if (item > 3)
                        token.WaitHandle.WaitOne();

                    token.ThrowIfCancellationRequested();
                    return item;
                }
                finally
                {
                    Interlocked.Decrement(ref running);
                }
            },
            (item, _) => taken.Add(item),
            CancellationToken.None));

        Assert.AreEqual("three", exception.Message);
        CollectionAssert.AreEqual(new[] { 0, 1, 2 }, taken);
        Assert.AreEqual(0, Volatile.Read(ref running));
    }

    [TestMethod]
    public void Run_WhenCancelled_Throws()
    {
        using var cancelled = new CancellationTokenSource();

        Assert.Throws<OperationCanceledException>(() => InOrder.Run(
            [.. Enumerable.Range(0, 50)],
            threads: 2,
            (item, _) => item,
            (item, _) =>
            {
                if (item == 10)
                    cancelled.Cancel();
                Assert.IsLessThan(30, item);
            },
            cancelled.Token));
    }

    private static void InterlockedMax(ref int most, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref most)) < value && Interlocked.CompareExchange(ref most, value, seen) != seen)
        {
        }
    }
}
