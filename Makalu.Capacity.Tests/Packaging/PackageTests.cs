using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Makalu.Capacity.Tests.Cli;

namespace Makalu.Capacity.Tests.Packaging;

/// <summary>Looks into the packages that the build server made before it ran the tests.</summary>
[TestClass]
public sealed partial class PackageTests
{
    [TestMethod]
    [DataRow("Makalu.Capacity")]
    [DataRow("Makalu.Capacity.Plotting")]
    [DataRow("Makalu.Capacity.Postgres")]
    [DataRow("Makalu.Capacity.Hosting")]
    public void Library_HasReadmeLicenceDocumentationAndSymbols(string name)
    {
        using ZipArchive package = Open(name, "nupkg");
        AssertHolds(package, "README.md", $"lib/net10.0/{name}.dll", $"lib/net10.0/{name}.xml");
        using ZipArchive symbols = Open(name, "snupkg");
        AssertHolds(symbols, $"lib/net10.0/{name}.pdb");
        AssertMetadata(package, name);
    }

    /// <summary>The README's table of packages: sizes within a quarter (or 10 kB), dependencies to the letter.</summary>
    [TestMethod]
    public void Readme_TellsSizesAndDependencies()
    {
        Match[] rows = [.. PackageRow().Matches(RepositoryFolder.Read("README.md")).Cast<Match>()];
        string folder = Folder();
        string[] packed = [.. Directory.EnumerateFiles(folder, "*.nupkg").Select(f => Path.GetFileName(f).Replace($".{Version}.nupkg", "", StringComparison.Ordinal))];
        CollectionAssert.AreEquivalent(packed, rows.Select(r => r.Groups["name"].Value).ToArray());
        foreach (Match row in rows)
        {
            string name = row.Groups["name"].Value;
            double megabytes = new FileInfo(Path.Combine(folder, $"{name}.{Version}.nupkg")).Length / 1e6;
            double told = double.Parse(row.Groups["size"].Value, CultureInfo.InvariantCulture);
            Assert.AreEqual(megabytes, told, Math.Max(0.25 * megabytes, 0.01), name);

            using ZipArchive package = Open(name, "nupkg");
            using Stream stream = package.GetEntry(name + ".nuspec")!.Open();
            string[] needs = [.. XDocument.Load(stream).Descendants().Where(e => e.Name.LocalName == "dependency").Select(d => d.Attribute("id")!.Value)];
            string[] saidNeeds = [.. row.Groups["needs"].Value.Split(", ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];

            // A package that needs ours gets all that ours needs; the table tells it once.
            string[] core = [.. rows.Single(r => r.Groups["name"].Value == "Makalu.Capacity").Groups["needs"].Value.Split(", ", StringSplitOptions.TrimEntries)];
            CollectionAssert.AreEquivalent(name == "Makalu.Capacity" ? needs : needs.Except(core).ToArray(), saidNeeds, name);
        }
    }

    /// <summary>The README's example in an empty project, with our packages from a local feed, and its report with charts.</summary>
    [TestMethod]
    public async Task ReadmeExample_RunsAgainstThePackages()
    {
        string packages = Folder();
        using var folder = new TemporaryFolder();
        LocalFeed.Use(packages, folder);
        string example = ReadmeExample().Match(RepositoryFolder.Read("README.md")).Groups["code"].Value;
        folder.Write("example.cs", $"""
            #:package Makalu.Capacity@{Version}
            #:package Makalu.Capacity.Plotting@{Version}
            using Makalu.Capacity;
            using Makalu.Capacity.Campaigns;
            using Makalu.Capacity.Plotting;
            using Makalu.Capacity.Reporting;
            using Makalu.Capacity.Series;
            using Makalu.Capacity.Sizing;
            string data = args[0];
            string output = args[1];
            {example}
            File.WriteAllText(Path.Combine(output, "plan.html"), plan.ToHtml());
            File.WriteAllText(Path.Combine(output, "plan.json"), PlanJson.ToJson(plan));
            """);
        var start = new ProcessStartInfo("dotnet", ["run", folder["example.cs"], "--", Path.Combine(RepositoryFolder.Path, "data"), folder.Path]) { WorkingDirectory = folder.Path, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.AreEqual(0, process.ExitCode, await output + await error);
        StringAssert.Contains(await output, "The settings of today do not survive");
        StringAssert.Contains(File.ReadAllText(folder["plan.html"]), "planned settings carry");
        StringAssert.Contains(File.ReadAllText(folder["plan.json"]), "\"connectionsPossible\": 700");
        Assert.IsTrue(File.Exists(folder["postgresql.conf"]));
    }

    [TestMethod]
    public void Tool_IsADotnetToolNamedMakalu()
    {
        using ZipArchive package = Open("Makalu.Capacity.Cli", "nupkg");
        AssertHolds(package, "README.md", "tools/net10.0/any/makalu.dll", "tools/net10.0/any/DotnetToolSettings.xml");
        XElement metadata = AssertMetadata(package, "Makalu.Capacity.Cli");
        Assert.AreEqual("DotnetTool", metadata.Descendants().Single(e => e.Name.LocalName == "packageType").Attribute("name")!.Value);
        using Stream settings = package.GetEntry("tools/net10.0/any/DotnetToolSettings.xml")!.Open();
        Assert.AreEqual("makalu", XDocument.Load(settings).Descendants("Command").Single().Attribute("Name")!.Value);
    }

    private static XElement AssertMetadata(ZipArchive package, string name)
    {
        using Stream stream = package.GetEntry(name + ".nuspec")!.Open();
        XElement metadata = XDocument.Load(stream).Root!.Elements().First();
        string Value(string element) => metadata.Elements().Single(e => e.Name.LocalName == element).Value;
        Assert.AreEqual("MIT", Value("license"));
        Assert.AreEqual("README.md", Value("readme"));
        Assert.IsGreaterThan(40, Value("description").Length);
        return metadata;
    }

    private static void AssertHolds(ZipArchive package, params string[] names)
    {
        foreach (string name in names)
        {
            Assert.IsNotNull(package.GetEntry(name), $"{name} is missing; the package holds {string.Join(", ", package.Entries.Select(e => e.FullName))}");
        }
    }

    private static string Version => typeof(CapacityPlan).Assembly.GetName().Version!.ToString(3);

    private static ZipArchive Open(string name, string extension) => ZipFile.OpenRead(Path.Combine(Folder(), $"{name}.{Version}.{extension}"));

    private static string Folder() => Environment.GetEnvironmentVariable("MAKALU_TEST_PACKAGES")
        ?? throw new AssertInconclusiveException("MAKALU_TEST_PACKAGES is not set: .ci/run packs first and sets it.");

    [GeneratedRegex(@"^\| `(?<name>Makalu\.[^`]+)` \| [^|]+ \| (?<size>[\d.]+) MB \| (?<needs>[^|]*)\|$", RegexOptions.Multiline)]
    private static partial Regex PackageRow();

    [GeneratedRegex(@"```csharp\n(?<code>RequestHistory history.*?)\n```", RegexOptions.Singleline)]
    private static partial Regex ReadmeExample();
}
