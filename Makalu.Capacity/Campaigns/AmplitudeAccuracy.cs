namespace Makalu.Capacity.Campaigns;

/// <summary>How well one amplitude model told past campaigns' factors beforehand.</summary>
/// <param name="Model">Its name: <c>shrinkage</c>, <c>additive-trees</c> or <c>boosted-trees</c>.</param>
/// <param name="MeanAbsoluteError">The mean of |ln(predicted factor ÷ fitted factor)|; 0.2 is off by a fifth.</param>
/// <param name="Loss">
/// The mean continuous ranked probability score of the predictive distribution, taken as normal on the logarithm (Gneiting and
/// Raftery, JASA 102, 2007, equation 21): it counts the width as well as the error, and the smallest is chosen.
/// </param>
public sealed record AmplitudeAccuracy(string Model, double MeanAbsoluteError, double Loss);
