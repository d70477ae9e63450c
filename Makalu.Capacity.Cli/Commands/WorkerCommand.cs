using System.CommandLine;
using System.Diagnostics;
using Makalu.Capacity.Postgres.LoadTest;

namespace Makalu.Capacity.Cli.Commands;

/// <summary>What <c>makalu verify</c> starts for each instance: this same program with a command that the help does not list.</summary>
internal static class WorkerCommand
{
    private const string Name = "verify-worker";

    public static Command Create()
    {
        var command = new Command(Name, "Plays one instance for verify.") { Hidden = true };
        command.SetAction(async (_, cancellationToken) =>
        {
            await LoadWorker.RunAsync(Console.In, Console.Out, cancellationToken);
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>How to start this program once more: by itself where it is an executable of its own, else through dotnet.</summary>
    public static ProcessStartInfo Start()
    {
        string program = typeof(WorkerCommand).Assembly.Location;
        string? own = Environment.ProcessPath;
        return own is not null && Path.GetFileNameWithoutExtension(own) == Path.GetFileNameWithoutExtension(program)
            ? new ProcessStartInfo(own, [Name])
            : new ProcessStartInfo(own is not null && Path.GetFileNameWithoutExtension(own) == "dotnet" ? own : "dotnet", ["exec", program, Name]);
    }
}
