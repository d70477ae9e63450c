using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Hosting;
using Makalu.Capacity.Series;
using Makalu.Capacity.Tests.Cli;
using Makalu.Capacity.Tests.Service;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Makalu.Capacity.Tests.Hosting;

/// <summary>The library in a host of one's own.</summary>
[TestClass]
public sealed class WarmCapacityModelTests
{
    private static readonly CapacityPlannerOptions Options = ExampleShop.Options with { Model = ForecasterCatalog.Auto };

    [TestMethod]
    public void AddCapacityPlanner_GivesAHostItsPlanner_AndRefusesWrongSettingsAtOnce()
    {
        using ServiceProvider host = new ServiceCollection().AddCapacityPlanner(ExampleShop.Options).BuildServiceProvider();

        CapacityPlanner planner = host.GetRequiredService<CapacityPlanner>();
        Assert.AreSame(planner, host.GetRequiredService<CapacityPlanner>());
        Assert.AreEqual(96, planner.Forecast(ExampleShop.History("")).Horizon);
        Assert.ThrowsExactly<ArgumentException>(() => new ServiceCollection().AddCapacityPlanner(new CapacityPlannerOptions { Paths = 1 }));
    }

    [TestMethod]
    public void Factory_ChangesTheHostsSettings_AndKeepsTheRest()
    {
        using ServiceProvider host = new ServiceCollection().AddCapacityPlanner(ExampleShop.Options).BuildServiceProvider();
        CapacityPlannerFactory planners = host.GetRequiredService<CapacityPlannerFactory>();

        Forecast forecast = planners.Create(o => o with { Horizon = TimeSpan.FromHours(6) }).Forecast(ExampleShop.History(""));
        Assert.AreEqual((24, 200), (forecast.Horizon, forecast.PathCount));
        Assert.ThrowsExactly<ArgumentException>(() => planners.Create(o => o with { Paths = 1 }));
    }

    [TestMethod]
    public async Task Host_FitsInTheBackground_AndAgainAfterTheInterval()
    {
        var clock = new ManualTime();
        int reads = 0;
        var second = new TaskCompletionSource();
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton<TimeProvider>(clock).AddCapacityPlanner(Options).AddWarmCapacityModel(
            (_, _) =>
            {
                if (++reads == 2)
                    second.SetResult();
                return Task.FromResult(Known(27 + reads));
            },
            new WarmCapacityModelOptions { RefitInterval = TimeSpan.FromMinutes(5) });
        using IHost host = builder.Build();
        await host.StartAsync();
        WarmCapacityModel warm = host.Services.GetRequiredService<WarmCapacityModel>();

        CapacityModel first = await warm.GetAsync();
        Assert.AreEqual(ExampleShop.Start.AddDays(28), first.History.Requests.End);
        await clock.TimerAsync();
        clock.Advance(TimeSpan.FromMinutes(5));
        await second.Task;
        await host.StopAsync();
        Assert.AreEqual(2, reads);
    }

    [TestMethod]
    public async Task Refit_KeepsTheChoiceForADay_AndThenJudgesAnew()
    {
        int day = 28;
        using var warm = new WarmCapacityModel(new CapacityPlanner(Options), _ => Task.FromResult(Known(day)), new WarmCapacityModelOptions { JudgeInterval = TimeSpan.FromDays(2) });
        await warm.RefitAsync();
        day = 29;
        Assert.AreEqual(ExampleShop.Start.AddDays(28), (await warm.RefitAsync()).JudgedAt);
        day = 30;
        Assert.AreEqual(ExampleShop.Start.AddDays(30), (await warm.RefitAsync()).JudgedAt);
        Assert.AreSame(warm.Current, await warm.GetAsync());
    }

    [TestMethod]
    public async Task Failure_BeforeTheFirstModel_IsToldToThoseWhoWait_AndLaterLeavesTheModel()
    {
        Func<CapacityKnowledge> source = () => throw new ForecastException("nothing is known");
        using var warm = new WarmCapacityModel(new CapacityPlanner(Options), _ => Task.FromResult(source()));
        Task<CapacityModel> waiting = warm.GetAsync();
        Assert.IsFalse(waiting.IsCompleted);
        await Assert.ThrowsExactlyAsync<ForecastException>(() => warm.RefitAsync());
        Assert.AreEqual("nothing is known", (await Assert.ThrowsExactlyAsync<ForecastException>(() => waiting)).Message);
        await Assert.ThrowsExactlyAsync<ForecastException>(() => warm.GetAsync());

        source = () => Known(28);
        CapacityModel model = await warm.RefitAsync();
        Assert.AreSame(model, await warm.GetAsync());
        Assert.IsNull(warm.LastFailure);

        source = () => throw new IOException("the source is away");
        await Assert.ThrowsExactlyAsync<IOException>(() => warm.RefitAsync());
        Assert.AreSame(model, await warm.GetAsync());
        Assert.IsInstanceOfType<IOException>(warm.LastFailure);
    }

    [TestMethod]
    public async Task StateFile_SparesTheFirstFitAfterARestartTheJudging()
    {
        using var folder = new TemporaryFolder();
        var options = new WarmCapacityModelOptions { StateFile = folder["state.json.gz"] };
        using (var before = new WarmCapacityModel(new CapacityPlanner(Options), _ => Task.FromResult(Known(28)), options))
            await before.RefitAsync();
        using var after = new WarmCapacityModel(new CapacityPlanner(Options), _ => Task.FromResult(Known(28.5)), options);
        Assert.AreEqual(ExampleShop.Start.AddDays(28), (await after.RefitAsync()).JudgedAt);

        File.WriteAllText(folder["state.json.gz"], "damaged");
        using var damaged = new WarmCapacityModel(new CapacityPlanner(Options), _ => Task.FromResult(Known(28.5)), options);
        Assert.AreEqual(ExampleShop.Start.AddDays(28.5), (await damaged.RefitAsync()).JudgedAt);
    }

    [TestMethod]
    public void Options_ThatAreWrong_AreToldTogether()
    {
        var options = new WarmCapacityModelOptions { RefitInterval = TimeSpan.Zero, JudgeInterval = TimeSpan.FromDays(-1) };
        string message = Assert.ThrowsExactly<ArgumentException>(options.Validate).Message;
        StringAssert.Contains(message, "RefitInterval 00:00:00");
        StringAssert.Contains(message, "JudgeInterval -1.00:00:00");
    }

    private static CapacityKnowledge Known(double days) => new(
        new RequestHistory
        {
            Name = "",
            Requests = new TimeSeries(ExampleShop.Start, ExampleShop.Step, [.. Enumerable.Range(0, (int)(days * 96)).Select(i => ExampleShop.RequestsAt(ExampleShop.Start + (ExampleShop.Step * i)))]),
            Quality = SeriesQuality.Clean,
        },
        ExampleShop.Calendar);

    /// <summary>A clock that stands until it is moved, and tells when somebody waits for it.</summary>
    private sealed class ManualTime : TimeProvider
    {
        private readonly TaskCompletionSource<ManualTimer> _timer = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task TimerAsync() => _timer.Task;

        public void Advance(TimeSpan by)
        {
            Assert.AreEqual(_timer.Task.Result.DueTime, by);
            _timer.Task.Result.Fire();
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = new ManualTimer(callback, state, dueTime);
            _timer.TrySetResult(timer);
            return timer;
        }

        private sealed class ManualTimer(TimerCallback callback, object? state, TimeSpan dueTime) : ITimer
        {
            public TimeSpan DueTime => dueTime;

            public void Fire() => callback(state);

            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
