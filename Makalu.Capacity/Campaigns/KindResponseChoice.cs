namespace Makalu.Capacity.Campaigns;

/// <summary>Whether campaigns of one kind are taken to multiply the traffic or to add to it.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Additive">Whether a campaign of the kind adds the same requests at any time of the day.</param>
/// <param name="Judged">The past campaigns of the kind whose course was told from those before alone, each way.</param>
/// <param name="MultiplicativeError">The mean of |ln(told ÷ observed traffic)| over them if campaigns multiply; NaN where none was judged.</param>
/// <param name="AdditiveError">The same if campaigns add.</param>
public sealed record KindResponseChoice(string Kind, bool Additive, int Judged, double MultiplicativeError, double AdditiveError);
