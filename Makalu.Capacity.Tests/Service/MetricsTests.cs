using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;

namespace Makalu.Capacity.Tests.Service;

[TestClass]
public sealed class MetricsTests
{
    /// <summary>Meters are the whole process's: services of other tests that run at the same time are heard too, and have other names.</summary>
    private const string Name = "metered";

    [TestMethod]
    public async Task Metrics_TellForecastLimitsAndError()
    {
        var clock = new At(ExampleShop.Origin.AddHours(7.5));
        await using RunningService service = await RunningService.StartAsync(build: b => b.Services.AddSingleton<TimeProvider>(clock));
        await service.RegisterAsync(Name);
        await service.PostAsync($"/v1/services/{Name}/observations", ExampleShop.Observations(ExampleShop.Origin, ExampleShop.Origin.AddHours(1)));
        Assert.IsTrue(await service.Keeper.WaitAsync(Name, TimeSpan.FromMinutes(5), CancellationToken.None));

        Assert.IsNull(service.Keeper.Look(Name).Error);
        await RunningService.AssertStatusAsync(200, await service.Client.GetAsync($"/v1/services/{Name}/plan?outlook=true"));
        string text = await service.Client.GetStringAsync("/metrics");
        var plan = service.Keeper.Warm.Single().Plan;

        Assert.AreEqual(100, Value(text, "makalu_current_max_connections", ""));
        Assert.AreEqual(plan.Outline.MaxConnections, Value(text, "makalu_recommended_max_connections", ""));
        Assert.AreEqual(8, Value(text, "makalu_current_pool_size", "pool=\"web\""));
        Assert.AreEqual(plan.Outline.Services[0].MaxPoolSize, Value(text, "makalu_recommended_pool_size", "pool=\"web\""));
        Assert.AreEqual(plan.Outline.CurrentSettingsSurvive ? 1 : 0, Value(text, "makalu_current_settings_survive", ""));
        Assert.AreEqual(plan.PeakRates[3], Value(text, "makalu_forecast_peak_requests_per_second", "quantile=\"0.99\""), 1e-6 * plan.PeakRates[3]);
        Assert.IsLessThan(0.25, Value(text, "makalu_forecast_error_ratio", ""));
        Assert.IsGreaterThan(0.5, Value(text, "makalu_forecast_coverage95_ratio", ""));
        Assert.AreEqual(ExampleShop.Origin.AddHours(1).ToUnixTimeSeconds(), Value(text, "makalu_model_origin_timestamp_seconds", ""));

        PlanOutlook outlook = service.Keeper.Warm.Single().Ahead!.Outlook;
        Assert.AreEqual(outlook.CurrentSettingsCarry!.Value, Value(text, "makalu_settings_carry_requests_per_second", "settings=\"current\""), 1e-6 * outlook.CurrentSettingsCarry.Value);
        Assert.AreEqual(outlook.PlannedSettingsCarry!.Value, Value(text, "makalu_settings_carry_requests_per_second", "settings=\"planned\""), 1e-6 * outlook.PlannedSettingsCarry.Value);

        // Half an hour before the campaign an autoscaler that looks an hour ahead sees it, and one that looks at now does not.
        double now = Value(text, "makalu_forecast_requests_per_second", "quantile=\"0.5\",.*window=\"now\"");
        double hour = Value(text, "makalu_forecast_requests_per_second", "quantile=\"0.5\",.*window=\"next_1h\"");
        int step = (int)((clock.GetUtcNow() - plan.Start) / plan.Step);
        Assert.AreEqual(plan.QuantileRates[0][step], now, 1e-4 * now);
        Assert.AreEqual(plan.QuantileRates[0].AsSpan(step, 5).ToArray().Max(), hour, 1e-4 * hour);
        Assert.IsGreaterThan(1.5 * now, hour);
    }

    [TestMethod]
    public async Task Metrics_MayBeOpened()
    {
        await using RunningService service = await RunningService.StartAsync(s => s.AnonymousMetrics = true);
        using HttpClient anonymous = service.NewClient(null);
        StringAssert.Contains(await anonymous.GetStringAsync("/metrics"), "dotnet_");
    }

    private static double Value(string text, string name, string labels)
    {
        Match match = Regex.Match(text, $"^{name}\\{{(?=[^}}]*service=\"{Name}\")[^}}]*{labels}[^}}]*\\}} (\\S+)", RegexOptions.Multiline);
        Assert.IsTrue(match.Success, $"{name} with {labels} is not in\n{string.Join('\n', text.Split('\n').Where(l => l.StartsWith(name, StringComparison.Ordinal)))}");
        return double.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
    }

    private sealed class At(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
