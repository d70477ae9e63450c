using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting.Pool;
using Makalu.Capacity.Forecasting.Ssa;

namespace Makalu.Capacity.Forecasting;

/// <summary>The forecasters by name, as <c>--model</c> takes them.</summary>
public static class ForecasterCatalog
{
    /// <summary>Chooses by rolling origin; the default.</summary>
    public const string Auto = "auto";

    /// <summary>The names: <c>auto</c> first, then the single models, last the members of <c>pool</c> each alone.</summary>
    public static IReadOnlyList<string> Names { get; } = [Auto, "seasonal-naive", PoolForecaster.ModelName, BoostingForecaster.ModelName, MemberForecaster.MultivariateName, SsaForecaster.ModelName, "campaigns", "campaigns+seasonal-naive", "campaigns+pool", .. StandardPool.Models];

    /// <summary>The forecaster of a name.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="options">How <c>auto</c> judges its candidates, the time zone that any of them goes by, and the budget.</param>
    /// <exception cref="ArgumentException">The name is not known; the message lists those that are.</exception>
    public static IForecaster Create(string name, AutoForecasterOptions options)
        => name == Auto ? new AutoForecaster(options) : LocalClockForecaster.In(options.TimeZone, Single(name, options.Budget, options.LocalFleet()));

    /// <summary>Whether a model is a pool that learns from a fleet under a calendar.</summary>
    internal static bool IsPoolOfFleet(string model, BoostingFleet fleet, CampaignCalendar calendar) => model switch
    {
        PoolForecaster.ModelName => fleet.Count >= BoostingFleet.FewestForPool,
        Auto => fleet.Count >= BoostingFleet.FewestForPool && fleet.IsBefore(calendar),
        _ => false,
    };

    private static IForecaster Single(string name, TimeSpan? budget, BoostingFleet? fleet) => name switch
    {
        "seasonal-naive" => new SeasonalNaiveForecaster(),
        PoolForecaster.ModelName => new PoolForecaster(budget, fleet),
        BoostingForecaster.ModelName => new BoostingForecaster(fleet),
        MemberForecaster.MultivariateName => new MemberForecaster(fleet),
        SsaForecaster.ModelName => new SsaForecaster(),
        "campaigns" => new CampaignForecaster(),
        "campaigns+seasonal-naive" => new CampaignForecaster(new SeasonalNaiveForecaster()),
        "campaigns+pool" => new CampaignForecaster(new PoolForecaster(budget)),
        _ when StandardPool.Models.Contains(name, StringComparer.Ordinal) => new MemberForecaster(name),
        _ => throw new ArgumentException($"Model '{name}' is not known. Use one of: {string.Join(", ", Names)}.", nameof(name)),
    };
}
