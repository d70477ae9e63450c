using System.Collections.Concurrent;
using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Tests.Numerics;

[TestClass]
public sealed class ParallelLoopTests
{
    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(5)]
    public void For_DoesEachItemOnce_OnNoMoreThreadsThanAllowed_WithLoopsWithin(int threads)
    {
        var done = new int[12, 30];
        int working = 0;
        int most = 0;
        using ParallelLoop.Allowance allowance = ParallelLoop.LimitTo(threads);
        ParallelLoop.For(12, outer =>
        {
            ParallelLoop.For(30, inner =>
            {
                InterlockedMax(ref most, Interlocked.Increment(ref working));
                Thread.SpinWait(2000);
                Interlocked.Increment(ref done[outer, inner]);
                Interlocked.Decrement(ref working);
            });
        });
        Assert.IsTrue(done.Cast<int>().All(d => d == 1));
        Assert.IsLessThanOrEqualTo(threads, most);
        Assert.AreEqual(threads, allowance.MostTaken);
    }

    /// <summary>Two items that wait for each other are done only where two threads work at once.</summary>
    [TestMethod]
    public void For_WithRoomForTwo_WorksOnTwoAtOnce()
    {
        using ParallelLoop.Allowance allowance = ParallelLoop.LimitTo(2);
        using var met = new Barrier(2);
        ParallelLoop.For(2, _ => Assert.IsTrue(met.SignalAndWait(TimeSpan.FromMinutes(1))));
    }

    [TestMethod]
    public void LimitTo_WithinAnother_CannotExceedIt_AndEndsWhenDisposedOf()
    {
        using ParallelLoop.Allowance outer = ParallelLoop.LimitTo(2);
        using (ParallelLoop.Allowance inner = ParallelLoop.LimitTo(8))
        {
            ParallelLoop.For(50, _ => Thread.SpinWait(100));
            Assert.AreEqual(2, inner.MostTaken);
        }

        using (ParallelLoop.Allowance alone = ParallelLoop.LimitTo(1))
            ParallelLoop.For(50, i => Assert.AreEqual(0, i < 0 ? 1 : 0));

        // All that was taken is given back: the loop takes two again.
        using ParallelLoop.Allowance third = ParallelLoop.LimitTo(3);
        ParallelLoop.For(50, _ => Thread.SpinWait(100));
        Assert.AreEqual(2, third.MostTaken);
    }

    [TestMethod]
    public void For_WithABoundOfItsOwn_TakesNoMore()
    {
        using ParallelLoop.Allowance allowance = ParallelLoop.LimitTo(6);
        ParallelLoop.For(40, 3, _ => Thread.SpinWait(100));
        Assert.AreEqual(3, allowance.MostTaken);
    }

    [TestMethod]
    public void For_WhenItemsThrow_ThrowsWhatTheFirstThrew_AsItIs()
    {
        using ParallelLoop.Allowance allowance = ParallelLoop.LimitTo(4);
        using var met = new Barrier(4);
        InvalidTimeZoneException thrown = Assert.ThrowsExactly<InvalidTimeZoneException>(() => ParallelLoop.For(4, i =>
        {
            met.SignalAndWait(TimeSpan.FromMinutes(1));
            throw new InvalidTimeZoneException($"item {i}");
        }));
        Assert.AreEqual("item 0", thrown.Message);
        Assert.ThrowsExactly<InvalidTimeZoneException>(() => ParallelLoop.For(3, () => throw new InvalidTimeZoneException(), (int _, object _) => { }));
    }

    [TestMethod]
    public void For_WhenCancelled_StopsBetweenItems()
    {
        using ParallelLoop.Allowance allowance = ParallelLoop.LimitTo(2);
        using var source = new CancellationTokenSource();
        int done = 0;
        OperationCanceledException thrown = Assert.ThrowsExactly<OperationCanceledException>(() => ParallelLoop.For(
            1000,
            _ =>
            {
                if (Interlocked.Increment(ref done) == 10)
                    source.Cancel();
            },
            source.Token));
        Assert.AreEqual(source.Token, thrown.CancellationToken);
        Assert.IsLessThan(1000, done);
        Assert.ThrowsExactly<OperationCanceledException>(() => ParallelLoop.For(1, _ => Assert.Fail(), source.Token));
    }

    [TestMethod]
    public void For_WithBuffers_PreparesOneForEachThread()
    {
        using ParallelLoop.Allowance allowance = ParallelLoop.LimitTo(3);
        int prepared = 0;
        var users = new ConcurrentDictionary<(int Buffer, int Thread), bool>();
        ParallelLoop.For(60, () => Interlocked.Increment(ref prepared), (_, buffer) =>
        {
            Thread.SpinWait(500);
            users[(buffer, Environment.CurrentManagedThreadId)] = true;
        });
        Assert.IsInRange(1, 3, users.Select(u => u.Key.Buffer).Distinct().Count());
        Assert.IsTrue(users.Keys.GroupBy(u => u.Buffer).All(g => g.Count() == 1));
    }

    /// <summary>Loops within loops end although no other thread of the pool comes to help: the one that calls does it all.</summary>
    [TestMethod]
    public void For_OnManyThreadsOfThePoolAtOnce_Ends()
    {
        int done = 0;
        Task[] callers = [.. Enumerable.Range(0, 64).Select(_ => Task.Run(() => ParallelLoop.For(4, _ => ParallelLoop.For(4, _ => Interlocked.Increment(ref done)))))];
        Assert.IsTrue(Task.WaitAll(callers, TimeSpan.FromMinutes(2)));
        Assert.AreEqual(64 * 16, done);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (int seen = Volatile.Read(ref target); value > seen; seen = Volatile.Read(ref target))
        {
            if (Interlocked.CompareExchange(ref target, value, seen) == seen)
                return;
        }
    }
}
