using Microsoft.ML.Data;

namespace Makalu.Capacity.Forecasting.Boosting;

/// <summary>What a series looked like at an origin, and what came a few steps later.</summary>
internal sealed class BoostingExample
{
    /// <summary>How far the value lay from <see cref="BoostingFeatures.Base"/>, in scales.</summary>
    public float Target { get; set; }

    /// <summary>The features.</summary>
    [VectorType(BoostingFeatures.Count)]
    public float[] Features { get; set; } = new float[BoostingFeatures.Count];
}
