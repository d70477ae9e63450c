using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace Makalu.Capacity.Forecasting.Ssa;

/// <summary>
/// Forecasts what follows each row: the rows are taken in one by one from the model on, in their order. Saved and loaded by
/// <c>mlContext.Model</c>; what is loaded is ML.NET's own chain of transformers with the same output, from which
/// <see cref="SsaForecastingCatalog.CreateTimeSeriesEngine"/> makes an engine too.
/// </summary>
public sealed class SsaForecastingTransformer : ITransformer
{
    private readonly ITransformer _chain;
    private readonly DataViewType _inputType;

    internal SsaForecastingTransformer(SsaForecastingState state, DataViewType inputType)
    {
        State = state;
        _inputType = inputType;
        var context = new MLContext();
        context.ComponentCatalog.RegisterAssembly(typeof(SsaForecastingMapping).Assembly);
        IDataView empty = Empty(context, state.Settings.Input, inputType);
        _chain = Pipeline(context, state, inputType).Fit(empty);
    }

    /// <summary>The fitted model.</summary>
    public SsaModel Model => State.Origin;

    /// <inheritdoc/>
    public bool IsRowToRowMapper => false;

    internal SsaForecastingState State { get; }

    /// <inheritdoc/>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => _chain.GetOutputSchema(inputSchema);

    /// <inheritdoc/>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema)
        => throw new InvalidOperationException("A forecast depends on the rows before it, so there is no mapping of single rows. Use CreateTimeSeriesEngine.");

    /// <inheritdoc/>
    public IDataView Transform(IDataView input) => _chain.Transform(input);

    void ICanSaveModel.Save(ModelSaveContext ctx) => _chain.Save(ctx);

    /// <summary>Writes the model as <c>mlContext.Model.Save</c> does.</summary>
    internal void Save(MLContext context, string path)
        => context.Model.Save(this, Empty(context, State.Settings.Input, _inputType).Schema, path);

    /// <summary>The transformer itself, or one for the model that a loaded chain keeps as the constant of one of its columns.</summary>
    /// <param name="transformer">A fitted or loaded transformer.</param>
    /// <param name="rows">One row of any values, with the input column.</param>
    internal static SsaForecastingTransformer From(ITransformer transformer, IDataView rows)
        => Find(transformer, rows) ?? throw new ArgumentException("The transformer holds no SSA model of this library. Pass what ForecastBySsa fitted, or what mlContext.Model.Load gave back for it.", nameof(transformer));

    /// <summary>Constant model column, input as double, stateful mapping, and the user's column names; only public parts of ML.NET, so that it can be loaded anywhere.</summary>
    internal static IEstimator<ITransformer> Pipeline(MLContext context, SsaForecastingState state, DataViewType inputType)
    {
        SsaForecastingSettings settings = state.Settings;
        string lambda = $"x : \"{state.ToText()}\"";
        IEstimator<ITransformer> pipeline = context.Transforms.Expression(SsaForecastingMapping.StateColumn, lambda, settings.Input)
            .Append(context.Transforms.Conversion.ConvertType(SsaForecastingMapping.InputColumn, settings.Input, DataKind.Double))
            .Append(context.Transforms.StatefulCustomMapping<SsaForecastingRow, SsaForecastingResult, SsaForecastingPass>(SsaForecastingMapping.Map, SsaForecastingMapping.Initialise, SsaForecastingMapping.Contract))
            .Append(context.Transforms.CopyColumns(settings.Output, SsaForecastingMapping.ForecastColumn));
        if (settings.Lower is not null)
        {
            pipeline = pipeline.Append(context.Transforms.CopyColumns(settings.Lower, SsaForecastingMapping.LowerColumn))
                .Append(context.Transforms.CopyColumns(settings.Upper!, SsaForecastingMapping.UpperColumn));
        }

        return pipeline.Append(context.Transforms.DropColumns(SsaForecastingMapping.InputColumn, SsaForecastingMapping.StateColumn, SsaForecastingMapping.ForecastColumn, SsaForecastingMapping.LowerColumn, SsaForecastingMapping.UpperColumn));
    }

    private static SsaForecastingTransformer? Find(ITransformer transformer, IDataView rows)
    {
        if (transformer is SsaForecastingTransformer own)
        {
            return own;
        }

        if (transformer is ExpressionTransformer expression)
        {
            return ReadConstant(expression, rows);
        }

        if (transformer is IEnumerable<ITransformer> chain)
        {
            foreach (ITransformer part in chain)
            {
                if (Find(part, rows) is { } found)
                {
                    return found;
                }
            }
        }

        return null;
    }

    private static SsaForecastingTransformer? ReadConstant(ExpressionTransformer expression, IDataView rows)
    {
        IDataView view;
        try
        {
            view = expression.Transform(rows);
        }
        catch (ArgumentOutOfRangeException)
        {
            // An expression of the user's own over other columns.
            return null;
        }

        if (view.Schema.GetColumnOrNull(SsaForecastingMapping.StateColumn) is not { } column)
        {
            return null;
        }

        using DataViewRowCursor cursor = view.GetRowCursor([column]);
        cursor.MoveNext();
        ReadOnlyMemory<char> text = default;
        cursor.GetGetter<ReadOnlyMemory<char>>(column)(ref text);
        SsaForecastingState state = SsaForecastingState.Parse(text.ToString());
        return new SsaForecastingTransformer(state, rows.Schema[state.Settings.Input].Type);
    }

    private static IDataView Empty(MLContext context, string column, DataViewType type)
    {
        IDataView view = context.Data.LoadFromEnumerable(Array.Empty<SsaForecastingRow>());
        DataKind kind = type == NumberDataViewType.Double ? DataKind.Double : DataKind.Single;
        return context.Transforms.Conversion.ConvertType(column, SsaForecastingMapping.InputColumn, kind)
            .Append(context.Transforms.SelectColumns(column))
            .Fit(view)
            .Transform(view);
    }
}
