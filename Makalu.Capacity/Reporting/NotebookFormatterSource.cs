using System.Diagnostics.CodeAnalysis;

namespace Makalu.Capacity.Reporting;

/// <summary>What .NET Interactive asks for formatters; found by its name, used by reflection.</summary>
internal sealed class NotebookFormatterSource
{
    /// <summary>The formatters, as .NET Interactive's convention wants them.</summary>
    [SuppressMessage("Performance", "CA1822:Mark members as static", Justification = "The convention calls it on an instance.")]
    public IEnumerable<object> CreateTypeFormatters() => [new NotebookFormatter()];
}
