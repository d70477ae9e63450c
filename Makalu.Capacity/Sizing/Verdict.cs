namespace Makalu.Capacity.Sizing;

/// <summary>What to do.</summary>
public enum Verdict
{
    /// <summary>The settings survive the peak as they are.</summary>
    Keep,

    /// <summary>Raise <c>max_connections</c>.</summary>
    Raise,

    /// <summary>Lower <c>max_connections</c>: it costs memory that nothing needs, or lets the database be overrun.</summary>
    Lower,

    /// <summary>Put or resize a pooler instead of raising <c>max_connections</c>.</summary>
    Pool,

    /// <summary>No setting can serve the peak: more processor cores, memory or replicas.</summary>
    Scale,
}
