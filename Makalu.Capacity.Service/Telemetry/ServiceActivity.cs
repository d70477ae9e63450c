using System.Diagnostics;

namespace Makalu.Capacity.Service.Telemetry;

/// <summary>The spans of the service beside those of its requests.</summary>
internal static class ServiceActivity
{
    public const string Name = "Makalu.Capacity.Service";

    public static ActivitySource Source { get; } = new(Name);
}
