using Microsoft.ML.Transforms;

namespace Makalu.Capacity.Forecasting.Ssa;

/// <summary>The stateful mapping behind the transformer: each pass over the rows starts from the model and takes in row after row.</summary>
[CustomMappingFactoryAttribute(Contract)]
public sealed class SsaForecastingMapping : StatefulCustomMappingFactory<SsaForecastingRow, SsaForecastingResult, SsaForecastingPass>
{
    internal const string Contract = "Makalu.Capacity.Forecasting.Ssa.SsaForecastingMapping";
    internal const string InputColumn = "MakaluSsaInput";
    internal const string StateColumn = "MakaluSsaState";
    internal const string ForecastColumn = "MakaluSsaForecast";
    internal const string LowerColumn = "MakaluSsaLower";
    internal const string UpperColumn = "MakaluSsaUpper";

    /// <inheritdoc/>
    public override Action<SsaForecastingRow, SsaForecastingResult, SsaForecastingPass> GetMapping() => Map;

    /// <inheritdoc/>
    public override Action<SsaForecastingPass> GetStateInitAction() => Initialise;

    internal static void Map(SsaForecastingRow row, SsaForecastingResult result, SsaForecastingPass pass)
    {
        SsaForecastingState state = pass.State ??= SsaForecastingState.Parse(row.Model.ToString());
        state.Append(row.Value);
        state.Forecast(state.Settings.Horizon, state.Settings.ConfidenceLevel, out float[] forecast, out float[] lower, out float[] upper);
        (result.Forecast, result.Lower, result.Upper) = (forecast, lower, upper);
    }

    internal static void Initialise(SsaForecastingPass pass) => pass.State = null;
}
