using Microsoft.ML;
using Microsoft.ML.Trainers.LightGbm;

namespace Makalu.Capacity.Forecasting.Boosting;

/// <summary>
/// Grows one sum of trees for all series of a fleet by LightGBM (Ke et al., "LightGBM: a highly efficient gradient boosting decision
/// tree", Advances in Neural Information Processing Systems 30, 2017) through ML.NET.
/// </summary>
internal static class BoostingTrainer
{
    /// <summary>The examples to learn from, about: more make the trees little better and the training longer.</summary>
    private const int MostExamples = 150_000;
    private const int MostExamplesEach = 4_000;
    private const int FewestExamplesEach = 60;
    private const int FewestExamples = 400;

    /// <summary>Trains on what lies before a time; null where that is too little.</summary>
    /// <exception cref="OperationCanceledException">The training was cancelled.</exception>
    /// <exception cref="ForecastException">LightGBM cannot be loaded on this machine.</exception>
    public static BoostedTrees? Train(IReadOnlyList<BoostingSeries> fleet, DateTimeOffset before, CancellationToken cancellationToken)
    {
        List<BoostingExample> examples = Examples(fleet, before, cancellationToken);
        if (examples.Count < FewestExamples)
            return null;

        var context = new MLContext(seed: 1);
        IDataView view = context.Data.LoadFromEnumerable(examples);
        try
        {
            // LightGBM cannot be stopped: a caller who cancels is let go at once, and what is grown in the seconds after is dropped.
            Task<BoostedTrees> training = Task.Run(() => BoostedTrees.Of(context.Regression.Trainers.LightGbm(Options()).Fit(view).Model.TrainedTreeEnsemble), CancellationToken.None);
            training.Wait(cancellationToken);
            return training.Result;
        }
        catch (AggregateException exception) when (exception.GetBaseException() is ArgumentNullException)
        {
            // ML.NET fails on a model without a tree: no split told more than the last day does.
            return BoostedTrees.None;
        }
        catch (AggregateException exception) when (exception.GetBaseException() is DllNotFoundException or BadImageFormatException)
        {
            throw new ForecastException($"LightGBM, which grows the trees of 'boosting', cannot be loaded on this machine ({exception.GetBaseException().Message}). It is there for x64 on Windows, macOS and Linux, where it needs libgomp. Install that, or choose another model.");
        }
    }

    private static List<BoostingExample> Examples(IReadOnlyList<BoostingSeries> fleet, DateTimeOffset before, CancellationToken cancellationToken)
    {
        int each = Math.Clamp(MostExamples / Math.Max(1, fleet.Count), FewestExamplesEach, MostExamplesEach);

        // Of a very large fleet every so manieth series is learned from.
        double stride = Math.Max(1, (double)fleet.Count * each / MostExamples);
        var examples = new List<BoostingExample>();
        for (double at = 0; at < fleet.Count; at += stride)
        {
            cancellationToken.ThrowIfCancellationRequested();
            fleet[(int)at].AddExamples(before, each, examples);
        }

        return examples;
    }

    private static LightGbmRegressionTrainer.Options Options() => new()
    {
        LabelColumnName = nameof(BoostingExample.Target),
        FeatureColumnName = nameof(BoostingExample.Features),
        NumberOfIterations = 200,
        LearningRate = 0.1,
        NumberOfLeaves = 63,
        MinimumExampleCountPerLeaf = 60,
        MaximumBinCountPerFeature = 63,
        HandleMissingValue = false,
        UseCategoricalSplit = false,

        // One thread: sums are taken in one order, and the trees are the same bit for bit wherever they are grown.
        NumberOfThreads = 1,
        Deterministic = true,
        ForceRowWise = true,
        Seed = 1,
        Booster = new GradientBooster.Options { FeatureFraction = 0.7, SubsampleFraction = 0.7, SubsampleFrequency = 1, L2Regularization = 1 },
    };
}
