namespace Makalu.Capacity.Forecasting.Ssa;

/// <summary>How <see cref="SsaForecastingCatalog.ForecastBySsa"/> finds the rank; the names are those of ML.NET's method of that name.</summary>
public enum RankSelectionMethod
{
    /// <summary>The rank is given.</summary>
    Fixed,

    /// <summary>The rank with the least error by rolling origin; every rank up to the largest is tried.</summary>
    Exact,

    /// <summary>As <see cref="Exact"/>, with at most 10 ranks.</summary>
    Fast,
}
