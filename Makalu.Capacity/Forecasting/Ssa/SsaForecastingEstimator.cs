using Microsoft.ML;
using Microsoft.ML.Data;

namespace Makalu.Capacity.Forecasting.Ssa;

/// <summary>Learns an SSA model from a column; made by <see cref="SsaForecastingCatalog.ForecastBySsa"/>.</summary>
public sealed class SsaForecastingEstimator : IEstimator<SsaForecastingTransformer>
{
    private readonly SsaForecastingSettings _settings;

    internal SsaForecastingEstimator(SsaForecastingSettings settings) => _settings = settings;

    /// <summary>Learns from the first trainSize rows.</summary>
    /// <param name="input">Rows in the order of time.</param>
    /// <returns>The transformer.</returns>
    /// <exception cref="ArgumentException">There is no such numeric column, or the rows do not fill the window.</exception>
    public SsaForecastingTransformer Fit(IDataView input)
    {
        double[] series = Read(input);
        SsaModel model;
        if (_settings.RankSelection == RankSelectionMethod.Fixed)
        {
            double[] complete = SsaGapFilling.Complete(series, new SsaOptions { WindowLength = _settings.WindowSize }, default).ToArray();
            model = SsaModel.FitFixed(complete, new SsaSpecification { WindowLength = _settings.WindowSize, Rank = _settings.Rank!.Value, MostGrowth = _settings.LargestModulus }, null, default);
        }
        else
        {
            int most = Math.Min(_settings.MaxRank ?? 30, _settings.RankSelection == RankSelectionMethod.Fast ? 10 : int.MaxValue);

            // Only the shift of windows can be held to a limit of growth.
            SsaForecastMethod? method = double.IsFinite(_settings.LargestModulus) ? SsaForecastMethod.Vector : null;
            var options = new SsaOptions { WindowLength = _settings.WindowSize, Rank = _settings.Rank, MaxRank = most, Horizon = _settings.Horizon, Method = method };
            double[] complete = SsaGapFilling.Complete(series, options, default).ToArray();
            SsaSpecification chosen = SsaSelection.Select(complete, options).Specification(options);
            model = SsaModel.FitFixed(complete, chosen with { MostGrowth = _settings.LargestModulus }, null, default);
        }

        return new SsaForecastingTransformer(new SsaForecastingState(_settings, model), input.Schema[_settings.Input].Type);
    }

    /// <inheritdoc/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        // The shape follows from the pipeline that the transformer is made of; a constant series of the least length stands in.
        double[] line = new double[_settings.WindowSize + 8];
        SsaModel model = SsaModel.FitFixed(line, new SsaSpecification { WindowLength = _settings.WindowSize, Rank = 1 }, null, default);
        DataViewType type = NumberDataViewType.Single;
        foreach (SchemaShape.Column column in inputSchema)
        {
            type = column.Name == _settings.Input ? column.ItemType : type;
        }

        return SsaForecastingTransformer.Pipeline(new MLContext(), new SsaForecastingState(_settings, model), type).GetOutputSchema(inputSchema);
    }

    private double[] Read(IDataView input)
    {
        if (input.Schema.GetColumnOrNull(_settings.Input) is not { } column)
        {
            throw new ArgumentException($"There is no column \"{_settings.Input}\". Pass the name of a numeric column as inputColumnName.", nameof(input));
        }

        List<double> values = [];
        using DataViewRowCursor cursor = input.GetRowCursor([column]);
        if (column.Type == NumberDataViewType.Single)
        {
            ValueGetter<float> getter = cursor.GetGetter<float>(column);
            float value = 0;
            while (values.Count < _settings.TrainSize && cursor.MoveNext())
            {
                getter(ref value);
                values.Add(value);
            }
        }
        else if (column.Type == NumberDataViewType.Double)
        {
            ValueGetter<double> getter = cursor.GetGetter<double>(column);
            double value = 0;
            while (values.Count < _settings.TrainSize && cursor.MoveNext())
            {
                getter(ref value);
                values.Add(value);
            }
        }
        else
        {
            throw new ArgumentException($"Column \"{_settings.Input}\" is {column.Type}; it must be Single or Double. Convert it first.", nameof(input));
        }

        return [.. values];
    }
}
