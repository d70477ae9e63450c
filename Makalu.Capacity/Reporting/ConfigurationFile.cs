namespace Makalu.Capacity.Reporting;

/// <summary>A ready configuration file of a plan.</summary>
/// <param name="Name">The file's name, for example <c>postgresql.conf</c>.</param>
/// <param name="Content">The whole text, with line feeds.</param>
/// <param name="Purpose">What the file is for, in a few words.</param>
public sealed record ConfigurationFile(string Name, string Content, string Purpose);
