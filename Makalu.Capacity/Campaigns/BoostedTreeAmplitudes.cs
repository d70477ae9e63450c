using Microsoft.ML;
using Microsoft.ML.Trainers.FastTree;
using Microsoft.ML.Trainers.LightGbm;

namespace Makalu.Capacity.Campaigns;

/// <summary>
/// ML.NET's LightGBM: gradient boosting of small regression trees (Friedman, Annals of Statistics 29, 2001; Ke et al., NIPS 2017).
/// Trees of two leaves make a generalised additive model, a step function for each column, which sees thresholds and saturation; larger
/// ones see interactions too.
/// </summary>
internal sealed class BoostedTreeAmplitudes : IAmplitudeRegression
{
    private readonly int _leaves;
    private readonly int _trees;

    public BoostedTreeAmplitudes(string name, int leaves, int trees)
    {
        Name = name;
        _leaves = leaves;
        _trees = trees;
    }

    public string Name { get; }

    public Func<float[], double> Fit(float[][] rows, double[] targets)
    {
        LightGbmRegressionModelParameters model = AmplitudeRows.Train(rows, targets, context => context.Regression.Trainers.LightGbm(new LightGbmRegressionTrainer.Options
        {
            NumberOfIterations = _trees,
            NumberOfLeaves = _leaves,
            LearningRate = 0.1,
            MinimumExampleCountPerLeaf = AmplitudeEncoding.FewestOfASide,
            MaximumBinCountPerFeature = 63,
            HandleMissingValue = false,
            UseCategoricalSplit = false,
            NumberOfThreads = 1,
            Seed = 1,
        }));
        RegressionTreeEnsemble ensemble = model.TrainedTreeEnsemble;
        Tree[] trees = [.. ensemble.Trees.Zip(ensemble.TreeWeights, Tree.Of)];
        double bias = ensemble.Bias;
        return row =>
        {
            double sum = bias;
            foreach (Tree tree in trees)
                sum += tree.At(row);
            return sum;
        };
    }

    /// <summary>A tree as plain arrays: a child below 0 is the complement of a leaf.</summary>
    private sealed record Tree(double Weight, int[] Columns, float[] Thresholds, int[] Left, int[] Right, double[] Leaves)
    {
        public static Tree Of(RegressionTree tree, double weight)
            => new(weight, [.. tree.NumericalSplitFeatureIndexes], [.. tree.NumericalSplitThresholds], [.. tree.LeftChild], [.. tree.RightChild], [.. tree.LeafValues]);

        public double At(float[] row)
        {
            if (Left.Length == 0)
                return Leaves.Length == 0 ? 0 : Weight * Leaves[0];
            int node = 0;
            while (node >= 0)
                node = row[Columns[node]] <= Thresholds[node] ? Left[node] : Right[node];
            return Weight * Leaves[~node];
        }
    }
}
