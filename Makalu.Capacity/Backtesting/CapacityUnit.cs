namespace Makalu.Capacity.Backtesting;

/// <summary>What a backtest counts capacity in.</summary>
public enum CapacityUnit
{
    /// <summary>Requests per second, averaged over a step.</summary>
    RequestsPerSecond,

    /// <summary>Connections to the database: <c>max_connections</c>.</summary>
    Connections,
}
