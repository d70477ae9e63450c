using Microsoft.ML.Data;

namespace Makalu.Capacity.Forecasting.Ssa;

/// <summary>What a row gives to the mapping. Public because ML.NET reads it by generated code; not meant for use.</summary>
public sealed class SsaForecastingRow
{
    /// <summary>The observation.</summary>
    [ColumnName(SsaForecastingMapping.InputColumn)]
    public double Value { get; set; }

    /// <summary>The model, as text.</summary>
    [ColumnName(SsaForecastingMapping.StateColumn)]
    public ReadOnlyMemory<char> Model { get; set; }
}
