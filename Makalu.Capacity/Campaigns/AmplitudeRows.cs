using Microsoft.ML;
using Microsoft.ML.Data;

namespace Makalu.Capacity.Campaigns;

/// <summary>Rows of numbers as ML.NET reads them.</summary>
internal static class AmplitudeRows
{
    /// <summary>Trains on the rows, with one thread and a fixed seed, so that the model is the same wherever it is trained.</summary>
    public static TModel Train<TModel>(float[][] rows, double[] targets, Func<MLContext, IEstimator<ISingleFeaturePredictionTransformer<TModel>>> trainer)
        where TModel : class
    {
        var context = new MLContext(seed: 1);
        SchemaDefinition schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, rows[0].Length);
        IDataView data = context.Data.LoadFromEnumerable(rows.Select((r, i) => new Row { Features = r, Label = (float)targets[i] }), schema);
        return trainer(context).Fit(data).Model;
    }

    private sealed class Row
    {
        public float[] Features { get; set; } = [];

        public float Label { get; set; }
    }
}
