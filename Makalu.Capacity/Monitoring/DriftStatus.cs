namespace Makalu.Capacity.Monitoring;

/// <summary>Whether the forecasts still hold what they say.</summary>
public enum DriftStatus
{
    /// <summary>Nothing speaks against it.</summary>
    Ok,

    /// <summary>Something does, not beyond doubt or not dangerously: look on.</summary>
    Watch,

    /// <summary>The quantiles no longer hold: choose and fit the model anew, and look for what the calendar lacks.</summary>
    Retrain,
}
