namespace Makalu.Capacity.Forecasting.Ssa;

/// <summary>What the mapping keeps from row to row of one pass. Public because ML.NET creates it; not meant for use.</summary>
public sealed class SsaForecastingPass
{
    internal SsaForecastingState? State { get; set; }
}
