using System.Diagnostics.CodeAnalysis;

namespace Makalu.Capacity.Forecasting;

/// <summary>
/// Tells .NET Interactive, which looks for an attribute of this name, what writes a value in a notebook. The source is named and
/// not referred to, because reporting is a later stage than what it reports on.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class TypeFormatterSourceAttribute([DynamicallyAccessedMembers(TypeFormatterSourceAttribute.Used)] string formatterSource) : Attribute
{
    /// <summary>The name of the source of all our formatters.</summary>
    public const string Notebook = "Makalu.Capacity.Reporting.NotebookFormatterSource";

    private const DynamicallyAccessedMemberTypes Used = DynamicallyAccessedMemberTypes.PublicParameterlessConstructor | DynamicallyAccessedMemberTypes.PublicMethods;

    /// <summary>Read by .NET Interactive: makes formatters by <c>CreateTypeFormatters()</c>.</summary>
    [DynamicallyAccessedMembers(Used)]
    public Type FormatterSourceType { get; } = Type.GetType(formatterSource, throwOnError: true)!;

    /// <summary>Read by .NET Interactive.</summary>
    public string[] PreferredMimeTypes { get; } = ["text/html"];
}
