using System.Diagnostics.CodeAnalysis;
using Microsoft.ML.Data;

namespace Makalu.Capacity.Forecasting.Ssa;

/// <summary>What the mapping gives to a row. Public because ML.NET writes it by generated code; not meant for use.</summary>
public sealed class SsaForecastingResult
{
    /// <summary>The forecast.</summary>
    [ColumnName(SsaForecastingMapping.ForecastColumn)]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "The form that ML.NET maps.")]
    public float[] Forecast { get; set; } = [];

    /// <summary>The lower bounds.</summary>
    [ColumnName(SsaForecastingMapping.LowerColumn)]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "The form that ML.NET maps.")]
    public float[] Lower { get; set; } = [];

    /// <summary>The upper bounds.</summary>
    [ColumnName(SsaForecastingMapping.UpperColumn)]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "The form that ML.NET maps.")]
    public float[] Upper { get; set; } = [];
}
