namespace Makalu.Capacity.Forecasting;

/// <summary>A history cannot be forecast; the message states what it has, what is needed, and the remedy.</summary>
public sealed class ForecastException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">Value, rule and remedy.</param>
    public ForecastException(string message) : base(message)
    {
    }
}
