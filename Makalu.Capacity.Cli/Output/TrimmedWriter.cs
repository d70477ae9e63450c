using System.Text;

namespace Makalu.Capacity.Cli.Output;

/// <summary>Leaves out the spaces at the ends of lines, with which tables are filled up to their width.</summary>
internal sealed class TrimmedWriter(TextWriter inner) : TextWriter
{
    private int _spaces;

    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value)
    {
        if (value == ' ')
        {
            _spaces++;
            return;
        }

        if (value is not ('\n' or '\r'))
        {
            inner.Write(new string(' ', _spaces));
        }

        _spaces = 0;
        inner.Write(value);
    }

    public override void Write(string? value)
    {
        foreach (char c in value ?? "")
        {
            Write(c);
        }
    }

    public override void Flush() => inner.Flush();
}
