using System.Diagnostics;

namespace Makalu.Capacity.Tests.Sizing.Postgres;

/// <summary>Which processors a process computes on, all its threads, and what it starts afterwards (util-linux' taskset).</summary>
internal static class ProcessorAffinity
{
    /// <summary>Keeps a process to <paramref name="count"/> processors from <paramref name="first"/> on; where the machine cannot, the test is skipped and says so.</summary>
    public static void Keep(int processId, int first, int count)
    {
        string list = FormattableString.Invariant($"{first}-{first + count - 1}");
        var start = new ProcessStartInfo("taskset", ["--all-tasks", "--cpu-list", "--pid", list, FormattableString.Invariant($"{processId}")]) { RedirectStandardError = true, RedirectStandardOutput = true };
        try
        {
            using Process process = Process.Start(start)!;
            Task<string> error = process.StandardError.ReadToEndAsync();
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0)
                throw new AssertInconclusiveException($"The processors {list} cannot be set apart here: {error.Result}");
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new AssertInconclusiveException($"taskset, which keeps server and client on processors of their own, is not here: {exception.Message}");
        }
    }

    /// <summary>Keeps this process to some processors until it is disposed.</summary>
    public static IDisposable KeepThisProcess(int first, int count)
    {
        Keep(Environment.ProcessId, first, count);
        return new Restoration();
    }

    private sealed class Restoration : IDisposable
    {
        private readonly int _processors = Environment.ProcessorCount;

        public void Dispose() => Keep(Environment.ProcessId, 0, _processors);
    }
}
