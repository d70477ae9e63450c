using System.Collections.Concurrent;
using System.Diagnostics;

namespace Makalu.Capacity.Tests.Service;

[TestClass]
public sealed class TelemetryTests
{
    [TestMethod]
    public async Task Traces_HaveASpanForTheFitAndForTheRequest()
    {
        var spans = new ConcurrentBag<(string Source, string Name, object? Service)>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "Makalu.Capacity.Service" or "Microsoft.AspNetCore",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity => spans.Add((activity.Source.Name, activity.DisplayName, activity.GetTagItem("makalu.service"))),
        };
        ActivitySource.AddActivityListener(listener);
        await using RunningService service = await RunningService.StartAsync();
        await service.RegisterAsync("traced-shop");

        // The first request has ended for certain when the second is answered.
        await service.Client.GetAsync("/v1/services/traced-shop/plan");
        await service.Client.GetAsync("/v1/services/traced-shop/plan");

        Assert.IsTrue(spans.Any(s => s is ("Makalu.Capacity.Service", "fit model", "traced-shop")));
        Assert.IsTrue(spans.Any(s => s.Source == "Microsoft.AspNetCore" && s.Name == "GET /v1/services/{name}/plan"), string.Join(", ", spans.Select(s => s.Name).Distinct()));
    }
}
