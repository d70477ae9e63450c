using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Makalu.Capacity.Forecasting.Ssa;

/// <summary>SSA for ML.NET pipelines: the parameter names are those of Microsoft.ML.TimeSeries, so that a <c>using</c> is all that changes.</summary>
public static class SsaForecastingCatalog
{
    /// <summary>An estimator that learns a series from a column and forecasts what follows each row.</summary>
    /// <param name="catalog"><c>mlContext.Forecasting</c>.</param>
    /// <param name="outputColumnName">Receives a vector of single-precision forecasts.</param>
    /// <param name="inputColumnName">The series: a numeric column, a row for each step, NaN where unknown.</param>
    /// <param name="windowSize">The window length L.</param>
    /// <param name="seriesLength">The number of most recent values that an adaptive model is refitted to; above <paramref name="windowSize"/>.</param>
    /// <param name="trainSize">The number of leading rows to learn from; fewer are used where there are no more.</param>
    /// <param name="horizon">The number of steps to forecast.</param>
    /// <param name="isAdaptive">Whether the components are refitted, to the last <paramref name="seriesLength"/> values, each time a window's length of new values has come in.</param>
    /// <param name="discountFactor">Must be 1: weights that fall with age are refused.</param>
    /// <param name="rankSelectionMethod">How the rank is found.</param>
    /// <param name="rank">The rank, needed with <see cref="RankSelectionMethod.Fixed"/>.</param>
    /// <param name="maxRank">The largest rank to try; null for 30.</param>
    /// <param name="shouldStabilize">Accepted either way: forecasts are always bounded.</param>
    /// <param name="shouldMaintainInfo">Accepted either way: the model is always at hand as <see cref="SsaForecastingTransformer.Model"/>.</param>
    /// <param name="maxGrowth">The largest growth a forecast may show; null for the model's own limit.</param>
    /// <param name="confidenceLowerBoundColumn">Receives the lower bounds; null for none.</param>
    /// <param name="confidenceUpperBoundColumn">Receives the upper bounds; null for none.</param>
    /// <param name="confidenceLevel">The level of the bounds, a fraction.</param>
    /// <param name="variableHorizon">Whether the engine's Predict may ask for another horizon.</param>
    /// <returns>The estimator.</returns>
    /// <exception cref="ArgumentException">One or more arguments are out of range; all faults are stated.</exception>
    public static SsaForecastingEstimator ForecastBySsa(
        this ForecastingCatalog catalog,
        string outputColumnName,
        string inputColumnName,
        int windowSize,
        int seriesLength,
        int trainSize,
        int horizon,
        bool isAdaptive = false,
        float discountFactor = 1,
        RankSelectionMethod rankSelectionMethod = RankSelectionMethod.Exact,
        int? rank = null,
        int? maxRank = null,
        bool shouldStabilize = true,
        bool shouldMaintainInfo = false,
        GrowthRatio? maxGrowth = null,
        string? confidenceLowerBoundColumn = null,
        string? confidenceUpperBoundColumn = null,
        float confidenceLevel = 0.95f,
        bool variableHorizon = false)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        _ = shouldStabilize || shouldMaintainInfo;
        var settings = new SsaForecastingSettings
        {
            Output = outputColumnName,
            Input = inputColumnName,
            WindowSize = windowSize,
            SeriesLength = seriesLength,
            TrainSize = trainSize,
            Horizon = horizon,
            IsAdaptive = isAdaptive,
            RankSelection = rankSelectionMethod,
            Rank = rank,
            MaxRank = maxRank,
            LargestModulus = maxGrowth?.Ratio ?? double.PositiveInfinity,
            Lower = confidenceLowerBoundColumn,
            Upper = confidenceUpperBoundColumn,
            ConfidenceLevel = confidenceLevel,
            VariableHorizon = variableHorizon,
        };
        settings.Validate(discountFactor);
        return new SsaForecastingEstimator(settings);
    }

    /// <summary>An engine that takes in observations one by one and forecasts, from a fitted or a loaded model.</summary>
    /// <typeparam name="TSrc">A class with a member for the input column.</typeparam>
    /// <typeparam name="TDst">A class with <c>float[]</c> members for the output columns.</typeparam>
    /// <param name="transformer">What <see cref="ForecastBySsa"/> fitted, or what <c>mlContext.Model.Load</c> gave back.</param>
    /// <param name="environment">The ML context.</param>
    /// <returns>The engine.</returns>
    /// <exception cref="ArgumentException">The transformer holds no SSA model of this library.</exception>
    public static TimeSeriesPredictionEngine<TSrc, TDst> CreateTimeSeriesEngine<TSrc, TDst>(this ITransformer transformer, IHostEnvironment environment)
        where TSrc : class
        where TDst : class, new()
    {
        ArgumentNullException.ThrowIfNull(environment);
        IDataView rows = new MLContext().Data.LoadFromEnumerable([Activator.CreateInstance<TSrc>()]);
        return new TimeSeriesPredictionEngine<TSrc, TDst>(SsaForecastingTransformer.From(transformer, rows).State.Copy(), rows.Schema);
    }
}
