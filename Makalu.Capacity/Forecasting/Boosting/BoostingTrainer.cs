namespace Makalu.Capacity.Forecasting.Boosting;

/// <summary>Grows one sum of trees for all series of a fleet.</summary>
internal static class BoostingTrainer
{
    /// <summary>The examples to learn from, about: more make the trees little better and the training longer.</summary>
    private const int MostExamples = 100_000;
    private const int MostExamplesEach = 4_000;
    private const int FewestExamplesEach = 60;
    private const int FewestExamples = 400;

    /// <summary>Trains on what lies before a time; null where that is too little.</summary>
    /// <exception cref="OperationCanceledException">The training was cancelled.</exception>
    public static BoostedTrees? Train(IReadOnlyList<BoostingSeries> fleet, DateTimeOffset before, ITreeGrower grower, CancellationToken cancellationToken)
    {
        BoostingExamples examples = Examples(fleet, before, cancellationToken);
        return examples.Count < FewestExamples ? null : grower.Grow(examples, cancellationToken);
    }

    /// <summary>The examples that a fleet is learned from at the most.</summary>
    public static int MostExamplesOf(int series) => Math.Min(MostExamples, series * Each(series));

    private static int Each(int series) => Math.Clamp(MostExamples / Math.Max(1, series), FewestExamplesEach, MostExamplesEach);

    private static BoostingExamples Examples(IReadOnlyList<BoostingSeries> fleet, DateTimeOffset before, CancellationToken cancellationToken)
    {
        int each = Each(fleet.Count);

        // Of a very large fleet every so manieth series is learned from.
        double stride = Math.Max(1, (double)fleet.Count * each / MostExamples);
        var examples = new BoostingExamples();
        for (double at = 0; at < fleet.Count; at += stride)
        {
            cancellationToken.ThrowIfCancellationRequested();
            fleet[(int)at].AddExamples(before, each, examples);
        }

        return examples;
    }
}
