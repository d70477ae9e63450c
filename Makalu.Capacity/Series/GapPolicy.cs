namespace Makalu.Capacity.Series;

/// <summary>What to do with missing steps.</summary>
public enum GapPolicy
{
    /// <summary>Leave them unknown: a gap is a gap.</summary>
    LeaveMissing,

    /// <summary>
    /// Fill them with the season's profile at the level of the traffic around the gap. Missing steps before the first known one and
    /// after the last stay unknown.
    /// </summary>
    InterpolateBySeason,
}
