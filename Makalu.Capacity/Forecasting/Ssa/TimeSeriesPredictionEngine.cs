using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Makalu.Capacity.Forecasting.Ssa;

/// <summary>Takes in observations one by one and forecasts from them; its state can be saved at any point.</summary>
/// <typeparam name="TSrc">A class with a member for the input column.</typeparam>
/// <typeparam name="TDst">A class with <c>float[]</c> members for the output columns.</typeparam>
/// <remarks>Mutable; not safe to share between threads.</remarks>
public sealed class TimeSeriesPredictionEngine<TSrc, TDst>
    where TSrc : class
    where TDst : class, new()
{
    private readonly SsaForecastingState _state;
    private readonly DataViewType _inputType;
    private readonly Func<object, object?> _input;

    internal TimeSeriesPredictionEngine(SsaForecastingState state, DataViewSchema inputSchema)
    {
        _state = state;
        SsaForecastingSettings settings = state.Settings;
        _inputType = inputSchema.GetColumnOrNull(settings.Input)?.Type ?? throw new ArgumentException($"{typeof(TSrc).Name} has no member for column \"{settings.Input}\". Add one, or name it with ColumnName.");
        _input = Member(typeof(TSrc), settings.Input) switch
        {
            FieldInfo field => field.GetValue,
            PropertyInfo property => property.GetValue,
            _ => throw new ArgumentException($"{typeof(TSrc).Name} has no member for column \"{settings.Input}\". Add one, or name it with ColumnName."),
        };
    }

    /// <summary>Forecasts what follows the observations so far.</summary>
    /// <param name="horizon">The number of steps; null for that of the model, and no other without variableHorizon.</param>
    /// <param name="confidenceLevel">The level of the bounds; null for that of the model.</param>
    /// <returns>The forecast in the members of <typeparamref name="TDst"/> that are named as the output columns.</returns>
    /// <exception cref="ArgumentException">Another horizon is asked of a model without variableHorizon, or a value is out of range.</exception>
    public TDst Predict(int? horizon = null, float? confidenceLevel = null)
    {
        SsaForecastingSettings settings = _state.Settings;
        int steps = horizon ?? settings.Horizon;
        if (steps < 1 || (steps != settings.Horizon && !settings.VariableHorizon))
        {
            throw new ArgumentException($"horizon {steps} must be {settings.Horizon}, as the model was made without variableHorizon. Pass variableHorizon: true to ForecastBySsa.", nameof(horizon));
        }

        double level = confidenceLevel ?? settings.ConfidenceLevel;
        if (!(level > 0 && level < 1))
        {
            throw new ArgumentException(FormattableString.Invariant($"confidenceLevel {level} must lie between 0 and 1, both excluded. Pass a fraction, for example 0.95."), nameof(confidenceLevel));
        }

        _state.Forecast(steps, level, out float[] forecast, out float[] lower, out float[] upper);
        var result = new TDst();
        Set(result, settings.Output, forecast);
        Set(result, settings.Lower, lower);
        Set(result, settings.Upper, upper);
        return result;
    }

    /// <summary>Takes in an observation, then forecasts what follows it.</summary>
    /// <param name="example">Holds the observation; NaN where it is missing.</param>
    /// <param name="horizon">The number of steps; null for that of the model, and no other without variableHorizon.</param>
    /// <param name="confidenceLevel">The level of the bounds; null for that of the model.</param>
    /// <returns>The forecast in the members of <typeparamref name="TDst"/> that are named as the output columns.</returns>
    /// <exception cref="ArgumentException">Another horizon is asked of a model without variableHorizon, or a value is out of range.</exception>
    public TDst Predict(TSrc example, int? horizon = null, float? confidenceLevel = null)
    {
        ArgumentNullException.ThrowIfNull(example);
        _state.Append(Convert.ToDouble(_input(example), System.Globalization.CultureInfo.InvariantCulture));
        return Predict(horizon, confidenceLevel);
    }

    /// <summary>Saves the model with all observations so far; <c>mlContext.Model.Load</c> reads it.</summary>
    /// <param name="environment">The ML context.</param>
    /// <param name="modelPath">The file to write.</param>
    public void CheckPoint(IHostEnvironment environment, string modelPath)
        => new SsaForecastingTransformer(_state, _inputType).Save(environment as MLContext ?? new MLContext(), modelPath);

    private static void Set(TDst result, string? column, float[] values)
    {
        switch (column is null ? null : Member(typeof(TDst), column))
        {
            case FieldInfo field:
                field.SetValue(result, values);
                break;
            case PropertyInfo property:
                property.SetValue(result, values);
                break;
        }
    }

    private static MemberInfo? Member(Type type, string column)
        => Array.Find(
            type.GetMembers(BindingFlags.Public | BindingFlags.Instance),
            m => m is FieldInfo or PropertyInfo && (ColumnName(m) ?? m.Name) == column);

    private static string? ColumnName(MemberInfo member)
        => member.GetCustomAttributesData().FirstOrDefault(a => a.AttributeType == typeof(ColumnNameAttribute))?.ConstructorArguments[0].Value as string;
}
