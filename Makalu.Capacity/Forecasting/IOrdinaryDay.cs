namespace Makalu.Capacity.Forecasting;

/// <summary>What the traffic of a step would be on an ordinary day, against which holidays are measured.</summary>
internal interface IOrdinaryDay
{
    /// <summary>What is added before the logarithm is taken.</summary>
    double Offset { get; }

    /// <summary>The standard deviation of an ordinary step.</summary>
    double NoiseDeviation { get; }

    /// <summary>The log baseline of a step of the history.</summary>
    double InSample(int step);

    /// <summary>By how much the logarithm of a Sunday's traffic lies above that of the step's own weekday; steps count from the start of the history and may lie after it.</summary>
    double SundayGap(int step);
}
