namespace Makalu.Capacity.Campaigns;

/// <summary>What is known of a cluster before it happens, as the amplitude model compares it.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Weekend">Whether it starts on a Saturday or Sunday, UTC.</param>
/// <param name="HourAngle">The hour of day of its middle as an angle, UTC.</param>
/// <param name="LogSize">The logarithm of the number of simultaneous campaigns.</param>
/// <param name="Day">Days since the first campaign of the history.</param>
/// <param name="Categories">A value for each column of categories, null where unknown.</param>
/// <param name="Numbers">A standardised value for each other column of numbers, 0 (the mean) where unknown.</param>
/// <param name="Logarithms">
/// For each column of audiences, budgets and the like the logarithm less the mean of the kind, 0 where unknown.
/// </param>
internal sealed record AmplitudeFeatures(string Kind, bool Weekend, double HourAngle, double LogSize, double Day, string?[] Categories, double[] Numbers, double[] Logarithms)
{
    /// <summary>Days from the end of the last past campaign of its kind that started before it; infinite for the first, 0 where that one is not over.</summary>
    public double DaysSinceKind { get; init; } = double.PositiveInfinity;
}
