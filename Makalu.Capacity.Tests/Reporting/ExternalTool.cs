using System.Diagnostics;

namespace Makalu.Capacity.Tests.Reporting;

/// <summary>Runs a program that a file is meant for; the test is skipped, visibly, where it is not installed.</summary>
internal static class ExternalTool
{
    /// <summary>Finds a program on the path or in the places where Debian puts it.</summary>
    public static string Require(string name, string package)
    {
        IEnumerable<string> places = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin");
        if (Directory.Exists("/usr/lib/postgresql"))
        {
            places = places.Concat(Directory.GetDirectories("/usr/lib/postgresql").OrderDescending().Select(d => Path.Combine(d, "bin")));
        }

        string? found = places.Where(p => p.Length > 0).Select(p => Path.Combine(p, name)).FirstOrDefault(File.Exists);
        if (found is null)
        {
            Assert.Inconclusive($"{name} is not installed, so the file is not tried on it. Install the package {package}.");
        }

        return found!;
    }

    /// <summary>Runs a program to its end.</summary>
    public static (int ExitCode, string Output) Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        process.WaitForExit();
        return (process.ExitCode, output.Result + error.Result);
    }

    /// <summary>Runs a server program, which refuses to run as root, as a user of its own where this is root.</summary>
    public static (int ExitCode, string Output) RunUnprivileged(string user, string program, params string[] arguments)
        => Environment.IsPrivilegedProcess
            ? Run("runuser", ["-u", user, "--", program, .. arguments])
            : Run(program, arguments);

    /// <summary>Starts a server program like <see cref="RunUnprivileged"/>; the caller ends it.</summary>
    public static Process StartUnprivileged(string user, string program, params string[] arguments)
    {
        ProcessStartInfo start = Environment.IsPrivilegedProcess
            ? new ProcessStartInfo("runuser", ["-u", user, "--", program, .. arguments])
            : new ProcessStartInfo(program, arguments);
        start.RedirectStandardError = true;
        return Process.Start(start)!;
    }

    /// <summary>A folder that the unprivileged user may write.</summary>
    public static void GiveTo(string user, string folder)
    {
        if (Environment.IsPrivilegedProcess)
        {
            (int exitCode, string output) = Run("chown", "-R", user, folder);
            Assert.AreEqual(0, exitCode, output);
        }
    }
}
