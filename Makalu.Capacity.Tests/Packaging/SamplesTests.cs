using System.Diagnostics;
using Makalu.Capacity.Tests.Cli;

namespace Makalu.Capacity.Tests.Packaging;

/// <summary>Each program of <c>samples</c>, run as a user runs it: against the packed package from a local feed, in a folder of its own.</summary>
[TestClass]
public sealed class SamplesTests
{
    private static readonly string Folder = Path.Combine(RepositoryFolder.Path, "samples");

    public static IEnumerable<string[]> Programs => Directory.EnumerateFiles(Folder, "*.cs").Select(f => new[] { Path.GetFileName(f) }).OrderBy(f => f[0], StringComparer.Ordinal);

    /// <summary>What each program must say on the sample's data.</summary>
    private static readonly Dictionary<string, string[]> Expected = new(StringComparer.Ordinal)
    {
        ["plan-a-campaign.cs"] = ["autumn-launch: raise max_connections from 100", "x 0 ", "Keep"],
        ["count-a-log.cs"] = ["280,704 requests of 2 file(s), 120 whole minutes", "busiest second 70"],
        ["read-the-components.cs"] = ["Season           24", "Season          168", "Noise"],
        ["judge-the-forecast.cs"] = ["quantile 0.99", "yesterday's peak x 2", "same as last week"],
        ["size-by-hand.cs"] = ["Raise: max_connections ", "web: 7 instances", "if peak +25 %: "],
    };

    [TestMethod]
    public void EverySample_IsInTheTableOfItsReadmeAndTested()
    {
        string readme = RepositoryFolder.Read("samples/README.md");
        string[] names = [.. Programs.Select(p => p[0])];
        Assert.HasCount(5, names);
        CollectionAssert.AreEquivalent(Expected.Keys, names);
        foreach (string name in names)
        {
            StringAssert.Contains(readme, $"[{name}]({name})");
        }
    }

    [TestMethod]
    [DynamicData(nameof(Programs))]
    public async Task Sample_RunsAgainstThePackage(string program)
    {
        string packages = Environment.GetEnvironmentVariable("MAKALU_TEST_PACKAGES") ?? throw new AssertInconclusiveException("MAKALU_TEST_PACKAGES is not set: .ci/run packs first and sets it.");
        using var folder = new TemporaryFolder();
        LocalFeed.Use(packages, folder);
        File.Copy(Path.Combine(Folder, program), folder[program]);

        (int exitCode, string output) = await RunAsync(folder, program);
        Assert.AreEqual(0, exitCode, output);
        foreach (string expected in Expected[program])
        {
            StringAssert.Contains(output, expected);
        }
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(TemporaryFolder folder, string program)
    {
        var start = new ProcessStartInfo("dotnet", ["run", folder[program], "--", Path.Combine(RepositoryFolder.Path, "data")]) { WorkingDirectory = folder.Path, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }
}
