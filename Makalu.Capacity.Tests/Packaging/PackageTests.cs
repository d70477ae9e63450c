using System.IO.Compression;
using System.Xml.Linq;

namespace Makalu.Capacity.Tests.Packaging;

/// <summary>Looks into the packages that the build server made before it ran the tests.</summary>
[TestClass]
public sealed class PackageTests
{
    [TestMethod]
    [DataRow("Makalu.Capacity")]
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

    private static ZipArchive Open(string name, string extension)
    {
        string? folder = Environment.GetEnvironmentVariable("MAKALU_TEST_PACKAGES");
        if (folder is null)
        {
            Assert.Inconclusive("MAKALU_TEST_PACKAGES is not set: .ci/run packs first and sets it.");
        }

        string version = typeof(CapacityPlan).Assembly.GetName().Version!.ToString(3);
        return ZipFile.OpenRead(Path.Combine(folder, $"{name}.{version}.{extension}"));
    }
}
