using System.CommandLine;
using Makalu.Capacity.Cli.Arguments;

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

    /// <summary>Where each shell looks for such a script.</summary>
    private static readonly Dictionary<string, string> Places = new(StringComparer.Ordinal)
    {
        ["bash"] = "Save it as ~/.local/share/bash-completion/completions/makalu (with the package bash-completion), or put its content in ~/.bashrc.",
        ["zsh"] = "Save it as _makalu in a folder of $fpath, for example ~/.zfunc/_makalu with fpath=(~/.zfunc $fpath) before compinit in ~/.zshrc.",
        ["fish"] = "Save it as ~/.config/fish/completions/makalu.fish.",
    };

    public static Command Create(CommandConsole console)
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh or fish." };
        shell.AcceptOnlyFromAmong([.. Scripts.Keys]);
        Option<bool> verbose = VerboseOption.Create("where to save the script and how it works");
        var command = new Command("completion", "Prints a script by which a shell completes commands and options.") { shell, verbose };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(verbose))
            {
                console.Tell(Places[parsed.GetRequiredValue(shell)]);
                console.Tell("The script asks makalu itself what fits (makalu \"[suggest:POSITION]\" \"LINE\"), so it need not be written again for a new version. makalu must be on the PATH.");
            }

            console.OutputText.Write(Scripts[parsed.GetRequiredValue(shell)].ReplaceLineEndings("\n"));
            return ExitCode.Done;
        });
        return command;
    }
}
