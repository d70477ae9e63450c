namespace Makalu.Capacity.Campaigns;

/// <summary>What the effects of each kind of campaign are counted in.</summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
internal sealed class ResponseScales
{
    private readonly ResponseScale _common;
    private readonly Dictionary<string, ResponseScale> _ofKind;

    private ResponseScales(ResponseScale common, Dictionary<string, ResponseScale> ofKind)
    {
        _common = common;
        _ofKind = ofKind;
    }

    /// <summary>Every kind multiplies.</summary>
    public static ResponseScales Multiplicative { get; } = Common(ResponseScale.Multiplicative);

    /// <summary>Whether any kind adds.</summary>
    public bool AnyAdditive => _common.IsAdditive || _ofKind.Values.Any(s => s.IsAdditive);

    /// <summary>One scale for every kind.</summary>
    public static ResponseScales Common(ResponseScale scale) => new(scale, []);

    /// <summary>What a choice tells of each kind, and of kinds never seen.</summary>
    /// <param name="choice">The choice.</param>
    /// <param name="additive">The scale of those that add.</param>
    public static ResponseScales Of(ResponseChoice choice, ResponseScale additive)
    {
        ResponseScale Scale(bool adds) => adds ? additive : ResponseScale.Multiplicative;
        return new ResponseScales(Scale(choice.Additive), choice.Kinds.ToDictionary(k => k.Kind, k => Scale(k.Additive), StringComparer.Ordinal));
    }

    /// <summary>The scale of a kind; that of the history for a kind never seen.</summary>
    public ResponseScale OfKind(string kind) => _ofKind.TryGetValue(kind, out ResponseScale? own) ? own : _common;
}
