using System.IO.Compression;
using Makalu.Capacity.Tests.Cli;
using Makalu.Capacity.Tests.Packaging;

namespace Makalu.Capacity.Tests.Sample;

[TestClass]
public sealed class SampleFilesTests
{
    [TestMethod]
    public async Task Sample_SameSeedTwice_WritesTheSameBytes()
    {
        using var folder = new TemporaryFolder();

        CommandRun first = await CommandRun.Of("sample", "--output", folder["a"], "--seed", "7");
        CommandRun second = await CommandRun.Of("sample", "--output", folder["b"], "--seed", "7");

        Assert.AreEqual(0, first.ExitCode, first.Error);
        Assert.AreEqual(0, second.ExitCode, second.Error);
        string[] names = FilesIn(folder["a"]);
        CollectionAssert.AreEqual(names, FilesIn(folder["b"]));
        Assert.HasCount(6, names);
        foreach (string name in names)
        {
            Assert.IsTrue(File.ReadAllBytes(Path.Combine(folder["a"], name)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(folder["b"], name))), name);
        }
    }

    [TestMethod]
    public void Sample_OtherSeed_GivesOtherTrafficAndTheSameCalendar()
    {
        Assert.IsFalse(GeneratedSample.Of(2, "requests.csv.gz").AsSpan().SequenceEqual(GeneratedSample.Files["requests.csv.gz"]));
        Assert.IsTrue(GeneratedSample.Of(2, "calendar.csv").AsSpan().SequenceEqual(GeneratedSample.Files["calendar.csv"]));
    }

    // Compressed bytes may differ between runtimes; what they unpack to may not.
    [TestMethod]
    public void CommittedData_IsWhatSeedOneGenerates()
    {
        string data = DataFolder();
        CollectionAssert.AreEqual(
            GeneratedSample.Files.Keys.Append("README.md").Order(StringComparer.Ordinal).ToArray(),
            FilesIn(data));
        foreach ((string name, byte[] expected) in GeneratedSample.Files)
        {
            Assert.IsTrue(Content(Path.Combine(data, name)).AsSpan().SequenceEqual(expected), $"data/{name} is not what 'makalu sample --seed 1' writes. Generate it again.");
        }
    }

    [TestMethod]
    public void CommittedData_IsUnderEightMegabytes()
        => Assert.IsLessThan(8_000_000, Directory.EnumerateFiles(DataFolder(), "*", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length));

    [TestMethod]
    public async Task Sample_DirectoryThatIsAFile_IsAUsageError()
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("taken", "");

        CommandRun run = await CommandRun.Of("sample", "--output", file);

        Assert.AreEqual(2, run.ExitCode);
        CollectionAssert.AreEqual(new[] { "taken" }, folder.Entries);
    }

    private static byte[] Content(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        if (!path.EndsWith(".gz", StringComparison.Ordinal))
        {
            return bytes;
        }

        using var unpacked = new MemoryStream();
        using var gzip = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
        gzip.CopyTo(unpacked);
        return unpacked.ToArray();
    }

    private static string DataFolder() => Path.Combine(RepositoryFolder.Path, "data");

    private static string[] FilesIn(string folder) => [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .Select(f => Path.GetRelativePath(folder, f).Replace('\\', '/')).Order(StringComparer.Ordinal)];
}
