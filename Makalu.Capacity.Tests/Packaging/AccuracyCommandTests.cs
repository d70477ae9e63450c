using System.Diagnostics;
using System.Text.RegularExpressions;
using Makalu.Capacity.Tests.Cli;

namespace Makalu.Capacity.Tests.Packaging;

/// <summary>The <c>accuracy</c> commands that the documentation names as the source of its figures, each run on the least there is to measure, on made-up data.</summary>
[TestClass]
public sealed partial class AccuracyCommandTests
{
    /// <summary>Each command at its smallest size; DATA, DOCUMENT and SAMPLE stand for paths.</summary>
    private static readonly string[] Smallest =
    [
        "report SHARED DOCUMENT 1", "m4 1 --members --logarithm", "real elb 1", "coverage rds 1", "weights 1 1 1", "limits elb", "peaks 1", "jumps 1", "smooth 1", "damage 1 pool 1440 --middle", "year 1", "worldcup DATA --two-days --each --rounds --naive",
        "pageviews DATA 1 --naive", "sample SAMPLE --naive", "days 1 --naive", "daily-campaigns 1 12", "synthetic 1 3", "unseen-tier 1", "amplitudes 1", "responses 1", "change 1", "regressions 1 DATA",
    ];

    public static IEnumerable<string[]> Rows => Smallest.Select(s => new[] { s });

    [TestMethod]
    [DynamicData(nameof(Rows))]
    public async Task Command_AtItsSmallestSize_PrintsFigures(string command)
    {
        using var folder = new TemporaryFolder();
        MadeUpEvaluationData.Write(folder);
        string[] arguments = [.. command.Split(' ').Select(a => a switch
        {
            "SHARED" => folder.Path,
            "DATA" => folder["data"],
            "DOCUMENT" => folder["accuracy.md"],
            "SAMPLE" => Path.Combine(RepositoryFolder.Path, "data"),
            _ => a,
        })];
        (int exitCode, string output, string error) = await RunAsync(folder["data"], arguments);
        string printed = File.Exists(folder["accuracy.md"]) ? File.ReadAllText(folder["accuracy.md"]) : output;

        Assert.AreEqual(0, exitCode, error);
        StringAssert.Matches(printed, Figure(), printed);
        Assert.DoesNotContain("NaN", printed);
    }

    [TestMethod]
    public async Task Usage_NamesTheCommandsOfTheDocumentation_AndTheirOptions()
    {
        (int exitCode, _, string error) = await RunAsync("");
        Assert.AreEqual(2, exitCode);
        Dictionary<string, string> usage = Usage().Matches(error).ToDictionary(m => m.Groups["name"].Value, m => m.Value, StringComparer.Ordinal);

        foreach (string page in Directory.EnumerateFiles(Path.Combine(RepositoryFolder.Path, "docs"), "*.md"))
        {
            foreach (Match documented in Documented().Matches(File.ReadAllText(page)))
            {
                Assert.IsTrue(usage.TryGetValue(documented.Groups["name"].Value, out string? known), $"{Path.GetFileName(page)}: '{documented.Value}' is no command.");
                foreach (Match option in Option().Matches(documented.Value))
                    StringAssert.Contains(known, option.Value, $"{Path.GetFileName(page)}: '{documented.Value}'");
            }
        }

        CollectionAssert.AreEquivalent(usage.Keys, Smallest.Select(s => s.Split(' ')[0]).ToArray());
    }

    [TestMethod]
    [DataRow("unheard-of")]
    [DataRow("days", "1", "--cheap")]
    public async Task Command_OrOptionThatIsNotKnown_IsRefusedWithTheUsage(params string[] arguments)
    {
        (int exitCode, string output, string error) = await RunAsync("", arguments);

        Assert.AreEqual(2, exitCode);
        Assert.AreEqual("", output);
        StringAssert.StartsWith(error, "Usage:");
    }

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(string data, params string[] arguments)
    {
        string configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        string program = Path.Combine(RepositoryFolder.Path, "Makalu.Capacity.Benchmarks", "bin", configuration, "net10.0", "Makalu.Capacity.Benchmarks.dll");
        var start = new ProcessStartInfo("dotnet", [program, "accuracy", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["MAKALU_DATA"] = data;

        // Short runs: measuring for a later, better compilation costs more than it brings.
        start.Environment["DOTNET_TieredPGO"] = "0";
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }

    [GeneratedRegex(@"\d\.\d")]
    private static partial Regex Figure();

    [GeneratedRegex(@"^  accuracy (?<name>\S+).*$", RegexOptions.Multiline)]
    private static partial Regex Usage();

    /// <summary>A command in the prose or in a line of its own.</summary>
    [GeneratedRegex(@"(?<=`|-- )accuracy (?<name>[a-z0-9-]+)[^`\n]*")]
    private static partial Regex Documented();

    [GeneratedRegex(@"--[a-z-]+")]
    private static partial Regex Option();
}
