using System.Text;
using Makalu.Capacity.Cli.Output;
using Spectre.Console;

namespace Makalu.Capacity.Cli;

/// <summary>
/// Where a command writes: results to <see cref="Output"/>, progress and messages to <see cref="Messages"/>. Colour and a
/// progress bar only where a person looks on: at a terminal, and unless NO_COLOR is set. Lines are broken to fit a terminal; elsewhere each
/// stays whole, so that it can be searched for.
/// </summary>
internal sealed class CommandConsole
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Wide enough for every line of a table or a finding.</summary>
    private const int Unbroken = 10_000;

    private readonly bool _errorIsTerminal;

    /// <param name="output">Standard output.</param>
    /// <param name="error">Standard error.</param>
    /// <param name="outputIsTerminal">Whether standard output is a terminal.</param>
    /// <param name="errorIsTerminal">Whether standard error is a terminal.</param>
    /// <param name="width">The columns of the terminal; null where they are not known.</param>
    /// <param name="plain">Whether neither colour nor progress is wanted at a terminal either.</param>
    public CommandConsole(Stream output, TextWriter error, bool outputIsTerminal = false, bool errorIsTerminal = false, int? width = null, bool plain = false)
    {
        Output = output;
        Error = error;
        OutputText = new StreamWriter(output, Utf8) { AutoFlush = true, NewLine = "\n" };
        Results = Create(OutputText, outputIsTerminal, plain, width);
        Messages = Create(error, errorIsTerminal, plain, width);
        ShowsProgress = errorIsTerminal && !plain;
        _errorIsTerminal = errorIsTerminal;
    }

    /// <summary>Standard output as bytes, for results.</summary>
    public Stream Output { get; }

    /// <summary>Standard output as text.</summary>
    public TextWriter OutputText { get; }

    /// <summary>Standard error as text.</summary>
    public TextWriter Error { get; }

    /// <summary>Standard output for tables and colour.</summary>
    public IAnsiConsole Results { get; }

    /// <summary>Standard error for tables and colour.</summary>
    public IAnsiConsole Messages { get; }

    /// <summary>Whether a progress bar may be shown.</summary>
    public bool ShowsProgress { get; }

    public static CommandConsole OfProcess()
    {
        bool plain = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        var error = new StreamWriter(Console.OpenStandardError(), Utf8) { AutoFlush = true, NewLine = "\n" };
        return new CommandConsole(
            Console.OpenStandardOutput(),
            TextWriter.Synchronized(error),
            outputIsTerminal: !Console.IsOutputRedirected,
            errorIsTerminal: !Console.IsErrorRedirected,
            width: Console.IsOutputRedirected && Console.IsErrorRedirected ? null : TerminalWidth(),
            plain);
    }

    /// <summary>Writes lines for a person to standard error, broken between words where a terminal is too narrow for them.</summary>
    public void Tell(string message)
    {
        if (!_errorIsTerminal)
        {
            Error.WriteLine(message);
            return;
        }

        foreach (string line in message.Split('\n'))
        {
            int indent = line.Length - line.TrimStart(' ').Length;
            Messages.Write(new Padder(new Text(line.TrimStart(' ')), new Padding(indent, 0, 0, 0)));
            if (line.Length == 0)
            {
                Messages.WriteLine();
            }
        }
    }

    /// <summary>Writes an error to standard error: in red where a person looks on, else in one line that can be searched for.</summary>
    public void TellError(string message)
    {
        string line = "error: " + message;
        if (_errorIsTerminal)
        {
            Messages.Write(new Text(line + "\n", new Style(Color.Red)));
        }
        else
        {
            Error.WriteLine(line);
        }
    }

    private static int? TerminalWidth()
    {
        try
        {
            return Console.WindowWidth > 0 ? Console.WindowWidth : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static IAnsiConsole Create(TextWriter writer, bool isTerminal, bool plain, int? width)
    {
        bool isRich = isTerminal && !plain;
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = isRich ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isRich ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = isRich ? InteractionSupport.Detect : InteractionSupport.No,
            Out = new AnsiConsoleOutput(isTerminal ? writer : new TrimmedWriter(writer)),
        });
        console.Profile.Capabilities.Unicode = true;
        console.Profile.Width = isTerminal ? width ?? 80 : Unbroken;
        return console;
    }
}
