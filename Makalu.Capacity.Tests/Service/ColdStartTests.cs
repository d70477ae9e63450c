using System.Net;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Hosting;
using Makalu.Capacity.Series;
using Makalu.Capacity.Service.Requests;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Makalu.Capacity.Tests.Service;

/// <summary>Questions before there is a model.</summary>
[TestClass]
public sealed class ColdStartTests
{
    [TestMethod]
    public async Task Question_BeforeTheModelIsThere_IsAcceptedOrToldWhenToAskAgain()
    {
        var slow = new SlowForecaster();
        await using RunningService service = await RunningService.StartAsync(build: slow.Replace);
        await service.SendAsync(HttpMethod.Put, "/v1/services/shop", ExampleShop.Definition());
        await service.PostAsync("/v1/services/shop/observations", ExampleShop.Observations(ExampleShop.Start, ExampleShop.Origin));
        await slow.Fitting;

        foreach ((HttpMethod method, string path) in new[] { (HttpMethod.Get, "/v1/services/shop/plan"), (HttpMethod.Post, "/v1/recommendations"), (HttpMethod.Post, "/v1/forecasts"), (HttpMethod.Post, "/v1/what-if") })
        {
            System.Text.Json.Nodes.JsonObject? body = method == HttpMethod.Get ? null : new() { ["service"] = "shop" };
            if (path == "/v1/what-if")
                body!["suppose"] = new System.Text.Json.Nodes.JsonObject { ["trafficScale"] = 2 };
            HttpResponseMessage accepted = await service.SendAsync(method, path, body, ("Prefer", "respond-async"));
            await RunningService.AssertStatusAsync(202, accepted);
            Assert.AreEqual("/v1/services/shop", accepted.Headers.Location!.OriginalString);
            Assert.IsTrue(accepted.Headers.RetryAfter!.Delta >= TimeSpan.FromSeconds(1), path);
            Assert.AreEqual("respond-async", accepted.Headers.GetValues("Preference-Applied").Single());

            HttpResponseMessage refused = await service.SendAsync(method, path, body?.DeepClone(), ("Prefer", "wait=0"));
            await RunningService.AssertStatusAsync(503, refused);
            Assert.IsTrue(refused.Headers.RetryAfter!.Delta >= TimeSpan.FromSeconds(1), path);
            Assert.AreEqual("application/problem+json", refused.Content.Headers.ContentType!.MediaType);
        }

        Assert.AreEqual("fitting", (await RunningService.JsonAsync(await service.Client.GetAsync("/v1/services/shop"))).GetProperty("status").GetProperty("state").GetString());
        Task<HttpResponseMessage> waiting = service.Client.GetAsync("/v1/services/shop/plan");
        slow.GoOn();
        Assert.AreEqual(HttpStatusCode.OK, (await waiting).StatusCode, "one who says nothing waits");
        HttpResponseMessage ready = await service.SendAsync(HttpMethod.Get, "/v1/services/shop/plan", null, ("Prefer", "respond-async"));
        Assert.AreEqual(HttpStatusCode.OK, ready.StatusCode);
    }

    /// <summary>Of many services that wait to be fitted, the one that is asked for comes first.</summary>
    [TestMethod]
    public async Task Service_ThatIsAskedFor_IsFittedBeforeTheOthers()
    {
        var slow = new SlowForecaster();
        await using RunningService service = await RunningService.StartAsync(build: slow.Replace);
        foreach (string name in new[] { "a", "b", "c", "d" })
        {
            await service.SendAsync(HttpMethod.Put, "/v1/services/" + name, ExampleShop.Definition());
            await service.PostAsync($"/v1/services/{name}/observations", ExampleShop.Observations(ExampleShop.Start, ExampleShop.Origin));
        }

        await slow.Fitting;
        Task<HttpResponseMessage> asked = service.Client.GetAsync("/v1/services/d/plan");
        while (!service.Keeper.IsAskedFor("d"))
            await Task.Yield();
        slow.GoOn();
        Assert.AreEqual(HttpStatusCode.OK, (await asked).StatusCode);

        await Task.WhenAll(new[] { "a", "b", "c", "d" }.Select(n => service.Keeper.WaitAsync(n, TimeSpan.FromMinutes(5), CancellationToken.None)));
        string[] order = [.. service.Keeper.Warm.OrderBy(w => w.Version).Select(w => w.Name)];
        Assert.IsLessThan(Array.IndexOf(order, "c"), Array.IndexOf(order, "d"), string.Join(", ", order));
    }

    [TestMethod]
    [DataRow(null, 25, false)]
    [DataRow("respond-async", 0, true)]
    [DataRow("respond-async, wait=3", 3, true)]
    [DataRow("wait=3", 3, false)]
    [DataRow("wait=9000", 25, false)]
    [DataRow("Respond-Async, WAIT=0", 0, true)]
    [DataRow("wait=-1, wait=x, return=minimal", 25, false)]
    public void Preference_IsRead(string? header, int seconds, bool takesAccepted)
    {
        var context = new Microsoft.AspNetCore.Http.DefaultHttpContext();
        if (header is not null)
            context.Request.Headers["Prefer"] = header;
        Assert.AreEqual(new Patience(TimeSpan.FromSeconds(seconds), takesAccepted), Patience.Of(context.Request));
    }

    /// <summary>Waits in its first fit until it is told to go on.</summary>
    private sealed class SlowForecaster : IForecaster
    {
        private readonly TaskCompletionSource _fitting = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Name => "slow";

        public Task Fitting => _fitting.Task;

        public void GoOn() => _goOn.SetResult();

        public void Replace(WebApplicationBuilder builder) => builder.Services.AddSingleton(new CapacityPlannerFactory(new CapacityPlannerOptions { Forecaster = this, MaxDegreeOfParallelism = 1 }));

        public IForecastModel Fit(TimeSeries series, CampaignCalendar calendar, CancellationToken cancellationToken = default)
        {
            _fitting.TrySetResult();
            _goOn.Task.Wait(cancellationToken);
            return new CampaignForecaster().Fit(series, calendar, cancellationToken);
        }
    }
}
