namespace Makalu.Capacity.Sizing;

/// <summary>What the plan must hold.</summary>
public sealed record ServiceTarget
{
    /// <summary>The quantile of the maximum to size for, a fraction within (0, 1); default 0.99.</summary>
    public double PeakQuantile { get; init; } = 0.99;

    /// <summary>The longest wait for a connection that is acceptable; default 50 ms.</summary>
    public TimeSpan MaxWait { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The part of the requests that may wait longer, a fraction within (0, 1); default 0.01.</summary>
    public double WaitProbability { get; init; } = 0.01;

    /// <summary>The highest processor utilisation of the database at the peak, a fraction within (0, 1]; default 0.70.</summary>
    public double MaxCpuUtilisation { get; init; } = 0.70;

    /// <summary>Connections kept free beyond the need, as a fraction of it, 0 or more; default 0.20.</summary>
    public double Headroom { get; init; } = 0.20;
}
