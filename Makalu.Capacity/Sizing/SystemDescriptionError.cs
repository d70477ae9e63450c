namespace Makalu.Capacity.Sizing;

/// <summary>One thing that is wrong with a system description.</summary>
/// <param name="Path">Where: a JSON path such as <c>$.services[0].trafficShare</c>.</param>
/// <param name="Value">The value found there, as it was written; <c>absent</c> where there is none.</param>
/// <param name="Rule">What the value must be.</param>
/// <param name="Remedy">What to write instead.</param>
public sealed record SystemDescriptionError(string Path, string Value, string Rule, string Remedy)
{
    /// <summary>Path, value, rule and remedy as one line.</summary>
    public override string ToString() => $"{Path}: {Value}. {Rule} {Remedy}";
}
