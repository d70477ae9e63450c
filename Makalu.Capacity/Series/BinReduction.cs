namespace Makalu.Capacity.Series;

/// <summary>What becomes of the steps that fall into one longer bin.</summary>
internal enum BinReduction
{
    /// <summary>Counts: added up, and scaled up for the steps that are unknown.</summary>
    Sum,

    /// <summary>The largest, as of the busiest second.</summary>
    Maximum,

    /// <summary>The average, as of an index of dispersion.</summary>
    Mean,
}
