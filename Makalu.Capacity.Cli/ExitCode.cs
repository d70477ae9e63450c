namespace Makalu.Capacity.Cli;

/// <summary>The exit codes of every command.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>An unexpected failure: a bug.</summary>
    public const int Failure = 1;

    /// <summary>Bad usage or input; nothing was written.</summary>
    public const int BadInput = 2;

    /// <summary><c>--check</c>: the settings would not survive the forecast peak.</summary>
    public const int CheckFailed = 3;

    /// <summary>Interrupted; nothing is half-written.</summary>
    public const int Interrupted = 130;
}
