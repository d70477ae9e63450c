using System.CommandLine;

namespace Makalu.Capacity.Cli.Arguments;

/// <summary>An option whose default the help shows as it would be typed; the help by itself would show it as .NET writes it.</summary>
internal sealed class DefaultedOption<T> : Option<T>
{
    private readonly T _whenAbsent;

    /// <param name="name">The option's name.</param>
    /// <param name="description">What it is, a whole sentence.</param>
    /// <param name="whenAbsent">The default.</param>
    /// <param name="shown">The default as it would be typed.</param>
    public DefaultedOption(string name, string description, T whenAbsent, string shown)
        : base(name)
    {
        _whenAbsent = whenAbsent;
        Description = $"{description} [default: {shown}]";
    }

    /// <summary>The value that was given, or the default.</summary>
    public T Of(ParseResult parsed) => parsed.GetResult(this) is null ? _whenAbsent : parsed.GetValue(this)!;
}
