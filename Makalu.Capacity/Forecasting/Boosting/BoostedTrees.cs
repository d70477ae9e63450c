using Microsoft.ML.Trainers.FastTree;

namespace Makalu.Capacity.Forecasting.Boosting;

/// <summary>A sum of regression trees, walked without the library that grew them: quick, and safe to share between threads.</summary>
internal sealed class BoostedTrees
{
    private readonly Tree[] _trees;
    private readonly double _bias;

    private BoostedTrees(Tree[] trees, double bias)
    {
        _trees = trees;
        _bias = bias;
    }

    /// <summary>No trees: the correction is 0.</summary>
    public static BoostedTrees None { get; } = new([], 0);

    public static BoostedTrees Of(RegressionTreeEnsemble ensemble)
        => new([.. ensemble.Trees.Select((tree, t) => Tree.Of(tree, ensemble.TreeWeights[t]))], ensemble.Bias);

    public double Predict(ReadOnlySpan<float> features)
    {
        double sum = _bias;
        foreach (Tree tree in _trees)
        {
            sum += tree.Leaf(features);
        }

        return sum;
    }

    /// <summary>Inner nodes from 0; a child below zero is the leaf of its complement.</summary>
    private sealed class Tree
    {
        private readonly int[] _feature;
        private readonly float[] _threshold;
        private readonly int[] _left;
        private readonly int[] _right;
        private readonly double[] _leaf;

        private Tree(int[] feature, float[] threshold, int[] left, int[] right, double[] leaf)
        {
            (_feature, _threshold, _left, _right, _leaf) = (feature, threshold, left, right, leaf);
        }

        public static Tree Of(RegressionTree tree, double weight) => new(
            [.. tree.NumericalSplitFeatureIndexes],
            [.. tree.NumericalSplitThresholds],
            [.. tree.LeftChild],
            [.. tree.RightChild],
            [.. tree.LeafValues.Select(v => v * weight)]);

        public double Leaf(ReadOnlySpan<float> features)
        {
            int node = _feature.Length == 0 ? -1 : 0;
            while (node >= 0)
            {
                node = features[_feature[node]] <= _threshold[node] ? _left[node] : _right[node];
            }

            return _leaf[~node];
        }
    }
}
