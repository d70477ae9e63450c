namespace Makalu.Capacity.Sizing;

/// <summary>One thing that the plan found, with the numbers behind it.</summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
public sealed class Finding
{
    /// <summary>Creates a finding.</summary>
    /// <param name="code">A stable code in kebab case, for example <c>current-limit-exceeded</c>.</param>
    /// <param name="severity">How urgent it is.</param>
    /// <param name="message">One or two sentences with numbers, invariant culture: what, why, what to do.</param>
    /// <param name="evidence">Inputs, formula with its source, intermediate values. Values are string, double, int, long or bool.</param>
    public Finding(string code, FindingSeverity severity, string message, IEnumerable<KeyValuePair<string, object>>? evidence = null)
    {
        Code = code;
        Severity = severity;
        Message = message;
        Evidence = new System.Collections.ObjectModel.ReadOnlyDictionary<string, object>(new Dictionary<string, object>(evidence ?? [], StringComparer.Ordinal));
    }

    /// <summary>A stable code in kebab case.</summary>
    public string Code { get; }

    /// <summary>How urgent it is.</summary>
    public FindingSeverity Severity { get; }

    /// <summary>What, why, and what to do.</summary>
    public string Message { get; }

    /// <summary>Inputs, formula with its source, intermediate values, in the order given.</summary>
    public IReadOnlyDictionary<string, object> Evidence { get; }
}
