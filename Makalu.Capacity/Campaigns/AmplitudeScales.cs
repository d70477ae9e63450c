namespace Makalu.Capacity.Campaigns;

/// <summary>One point of the grid over what the amplitude model does not know: what the prior's standard deviations are multiplied by.</summary>
/// <param name="Difference">How far kinds, weekends, hours, sizes, categories and numbers differ.</param>
/// <param name="Trend">How far amplitudes grow or shrink steadily; 0 for not at all.</param>
/// <param name="Recency">How much a campaign soon after another of its kind differs; 0 for not at all.</param>
/// <param name="Drift">How fast amplitudes drift.</param>
/// <param name="Scatter">How much campaigns scatter that are alike in all that is known.</param>
internal readonly record struct AmplitudeScales(double Difference, double Trend, double Recency, double Drift, double Scatter);
