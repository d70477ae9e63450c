namespace Makalu.Capacity.Forecasting.Ssa;

/// <summary>How a model continues a series.</summary>
public enum SsaForecastMethod
{
    /// <summary>
    /// Linear recurrence of order L − 1 on the reconstructed series (Golyandina, Nekrutkin and Zhigljavsky 2001, section 2.1).
    /// </summary>
    Recurrent,

    /// <summary>
    /// The windows themselves are continued within the space of the components, and averaged back (ibid., section 2.3.1): often the
    /// more stable of the two. Growth of the continuation is limited by construction.
    /// </summary>
    Vector,

    /// <summary>
    /// The next values are regressed on the last window directly, each component kept in proportion to how far it stands above the
    /// ridge: a soft rank instead of a hard one (<see cref="RidgeSsa"/>, with an intercept).
    /// </summary>
    Ridge,
}
