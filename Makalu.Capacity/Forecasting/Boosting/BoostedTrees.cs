using System.Globalization;

namespace Makalu.Capacity.Forecasting.Boosting;

/// <summary>A sum of regression trees, walked without the library that grew them: quick, and safe to share between threads.</summary>
internal sealed class BoostedTrees
{
    private readonly Tree[] _trees;

    private BoostedTrees(Tree[] trees) => _trees = trees;

    /// <summary>No trees: the correction is 0.</summary>
    public static BoostedTrees None { get; } = new([]);

    /// <summary>Reads LightGBM's text format: blocks that begin with <c>Tree=</c>, of lines <c>key=values</c>.</summary>
    public static BoostedTrees Parse(string text)
    {
        var trees = new List<Tree>();
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string line in text.Split('\n'))
        {
            int equals = line.IndexOf('=', StringComparison.Ordinal);
            if (line.StartsWith("Tree=", StringComparison.Ordinal))
                fields.Clear();
            else if (equals > 0)
                fields[line[..equals]] = line[(equals + 1)..];

            // The last line of a tree. One without a split says what the last day's mean error was, and no more: it is left out.
            if (line.StartsWith("shrinkage=", StringComparison.Ordinal) && fields["num_leaves"] != "1")
                trees.Add(Tree.Of(fields));
        }

        return trees.Count == 0 ? None : new BoostedTrees([.. trees]);
    }

    public double Predict(ReadOnlySpan<float> features)
    {
        double sum = 0;
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

        public static Tree Of(Dictionary<string, string> fields) => new(
            Values<int>(fields["split_feature"]),
            Array.ConvertAll(Values<double>(fields["threshold"]), v => (float)v),
            Values<int>(fields["left_child"]),
            Values<int>(fields["right_child"]),
            Values<double>(fields["leaf_value"]));

        public double Leaf(ReadOnlySpan<float> features)
        {
            int node = 0;
            while (node >= 0)
            {
                node = features[_feature[node]] <= _threshold[node] ? _left[node] : _right[node];
            }

            return _leaf[~node];
        }

        private static T[] Values<T>(string line)
            where T : ISpanParsable<T>
            => Array.ConvertAll(line.Split(' '), v => T.Parse(v, CultureInfo.InvariantCulture));
    }
}
