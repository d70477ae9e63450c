namespace Makalu.Capacity.Sizing;

/// <summary>How urgent a finding is.</summary>
public enum FindingSeverity
{
    /// <summary>Good to know.</summary>
    Info,

    /// <summary>Look at it before the peak.</summary>
    Warning,

    /// <summary>The system does not survive the peak without it.</summary>
    Critical,
}
