using Makalu.Capacity.Cli.Nightly.Sources;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Reporting;

namespace Makalu.Capacity.Cli.Nightly;

/// <summary>One service of the nightly job: where its history comes from, and what is planned for.</summary>
internal sealed record NightlyService
{
    /// <summary>Its name, which is also that of its folder.</summary>
    public required string Name { get; init; }

    /// <summary>Where its history comes from.</summary>
    public required IHistorySource Source { get; init; }

    /// <summary>The file that describes the system as it is set now.</summary>
    public required string System { get; init; }

    /// <summary>The calendar file; null where there is none.</summary>
    public string? Calendar { get; init; }

    /// <summary>The step to forecast at; null takes the history's own, but no less than 5 minutes where that divides.</summary>
    public TimeSpan? Step { get; init; }

    /// <summary>The zone by whose local clock a day has its shape; null is UTC.</summary>
    public TimeZoneInfo? TimeZone { get; init; }
    /// <summary>Which series of the Prometheus are the service's own, for its alerts and its dashboard.</summary>
    public MonitoringScope Monitoring { get; init; } = MonitoringScope.All;

    /// <summary>The model, one of <see cref="ForecasterCatalog.Names"/>; default <c>auto</c>.</summary>
    public string Model { get; init; } = ForecasterCatalog.Auto;
}
