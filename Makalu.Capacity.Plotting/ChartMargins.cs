namespace Makalu.Capacity.Plotting;

/// <summary>The space around a plane, in pixels.</summary>
internal readonly record struct ChartMargins(double Left, double Right, double Top, double Bottom);
