namespace Makalu.Capacity.Campaigns;

/// <summary>
/// What is believed of amplitudes before any campaign was seen: means and standard deviations on the logarithm of the traffic.
/// </summary>
internal sealed record AmplitudePrior
{
    /// <summary>For steps below a day.</summary>
    public static AmplitudePrior Default { get; } = new();

    /// <summary>For daily totals, whose campaigns lie years apart.</summary>
    public static AmplitudePrior Daily { get; } = new() { Mean = 1, Unseen = 1.1, Kind = 0.8, Weekend = 0.3, Hour = 0, DriftPerDay = 0.01, Noise = 0.5 };

    /// <summary>The mean amplitude of a single campaign: ln 2.</summary>
    public double Mean { get; init; } = 0.7;

    /// <summary>
    /// How the mean grows with the logarithm of the number of simultaneous campaigns. Independent audiences add up in requests
    /// above the baseline, which is about 0.77 for two on the logarithm.
    /// </summary>
    public double SizeSlope { get; init; } = 0.75;

    /// <summary>The standard deviation of the amplitude that all campaigns share.</summary>
    public double Shared { get; init; } = 0.6;

    /// <summary>The standard deviation of the first amplitude ever.</summary>
    public double Unseen { get; init; } = 0.6;

    public double Kind { get; init; } = 0.3;

    public double Weekend { get; init; } = 0.7;

    public double Hour { get; init; } = 0.3;

    public double Size { get; init; } = 0.35;

    public double Category { get; init; } = 0.3;

    /// <summary>Per standard deviation of a numeric feature.</summary>
    public double Number { get; init; } = 0.3;

    /// <summary>The drift of amplitudes: a random walk, per square root of a day.</summary>
    public double DriftPerDay { get; init; } = 0.1;

    /// <summary>The scatter between campaigns that are alike in all that is known.</summary>
    public double Noise { get; init; } = 0.25;

    /// <summary>How many campaigns' worth of evidence <see cref="Noise"/> has.</summary>
    public double NoiseDegreesOfFreedom { get; init; } = 4;
}
