using System.Text;
using Makalu.Capacity.Cli;

namespace Makalu.Capacity.Tests.Cli;

/// <summary>What a command line did, run in this process.</summary>
internal sealed record CommandRun(int ExitCode, byte[] OutputBytes, string Error)
{
    public string Output => Encoding.UTF8.GetString(OutputBytes);

    public static async Task<CommandRun> Of(params string[] arguments) => await Of(CancellationToken.None, arguments);

    public static async Task<CommandRun> Of(CancellationToken cancellationToken, params string[] arguments)
    {
        using var output = new MemoryStream();
        using var error = new StringWriter();
        int exitCode = await MakaluCommand.RunAsync(arguments, new CommandConsole(output, error), cancellationToken);
        return new CommandRun(exitCode, output.ToArray(), error.ToString());
    }
}
