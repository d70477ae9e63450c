using System.Runtime.InteropServices;

namespace Makalu.Capacity.Forecasting.Boosting;

/// <summary>What series looked like at origins, and what came a few steps later: row after row, as LightGBM reads them.</summary>
internal sealed class BoostingExamples
{
    private readonly List<float> _features = [];
    private readonly List<float> _targets = [];

    /// <summary>The number of rows.</summary>
    public int Count => _targets.Count;

    /// <summary>The features, <see cref="BoostingFeatures.Count"/> a row.</summary>
    public ReadOnlySpan<float> Features => CollectionsMarshal.AsSpan(_features);

    /// <summary>How far each value lay from that of the last day, in scales.</summary>
    public ReadOnlySpan<float> Targets => CollectionsMarshal.AsSpan(_targets);

    /// <summary>Adds a row.</summary>
    /// <param name="target">Its target.</param>
    /// <returns>The place for its features; to be filled before another row is added.</returns>
    public Span<float> Add(float target)
    {
        int start = _features.Count;
        _targets.Add(target);
        CollectionsMarshal.SetCount(_features, start + BoostingFeatures.Count);
        return CollectionsMarshal.AsSpan(_features)[start..];
    }
}
