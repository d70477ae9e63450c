using System.CommandLine;

namespace Makalu.Capacity.Cli.Commands;

/// <summary><c>makalu completion</c>: a script by which a shell completes commands, options and their values.</summary>
internal static class CompletionCommand
{
    private static readonly Dictionary<string, string> Scripts = new(StringComparer.Ordinal)
    {
        ["bash"] = """
            _makalu() {
                local IFS=$'\n' line=${COMP_LINE:0:COMP_POINT}
                COMPREPLY=($(makalu "[suggest:${#line}]" "$line" 2>/dev/null))
                if [ ${#COMPREPLY[@]} -eq 0 ] || [[ ${COMP_WORDS[COMP_CWORD]} != -* && $COMP_CWORD -gt 1 ]]; then
                    COMPREPLY+=($(compgen -f -- "${COMP_WORDS[COMP_CWORD]}"))
                fi
            }
            complete -o filenames -F _makalu makalu

            """,
        ["zsh"] = """
            #compdef makalu
            _makalu() {
                local -a suggestions
                suggestions=("${(@f)$(makalu "[suggest:${#LBUFFER}]" "$LBUFFER" 2>/dev/null)}")
                compadd -a suggestions
                _files
            }
            compdef _makalu makalu

            """,
        ["fish"] = """
            complete -c makalu -a '(set -l line (commandline -cp); makalu "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null)'

            """,
    };

    public static Command Create(CommandConsole console)
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh or fish." };
        shell.AcceptOnlyFromAmong([.. Scripts.Keys]);
        var command = new Command("completion", "Prints a script by which a shell completes commands and options.") { shell };
        command.SetAction(parsed =>
        {
            console.OutputText.Write(Scripts[parsed.GetRequiredValue(shell)].ReplaceLineEndings("\n"));
            return ExitCode.Done;
        });
        return command;
    }
}
