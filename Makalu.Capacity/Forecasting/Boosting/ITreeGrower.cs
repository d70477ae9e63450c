namespace Makalu.Capacity.Forecasting.Boosting;

/// <summary>Grows trees on examples.</summary>
internal interface ITreeGrower
{
    /// <summary>Why no trees can be grown on this machine, in words; null where they can.</summary>
    string? WhyNot { get; }

    /// <summary>The sum of trees; the same bit for bit for the same examples.</summary>
    /// <param name="examples">The rows to learn from.</param>
    /// <param name="cancellationToken">Cancels between trees.</param>
    BoostedTrees Grow(BoostingExamples examples, CancellationToken cancellationToken);
}
