using System.IO.Compression;
using Makalu.Capacity.Cli;
using Makalu.Capacity.Cli.Output;

namespace Makalu.Capacity.Tests.Cli;

[TestClass]
public sealed class OutputTransactionTests
{
    [TestMethod]
    public void Commit_PutsEveryResultInItsPlace_AndLeavesNothingElse()
    {
        using var folder = new TemporaryFolder();
        folder.Write("plan.json", "old");
        using (var outputs = new OutputTransaction(Stream.Null))
        {
            outputs.AddDirectory(folder["config"]);
            outputs.Add(folder["plan.json"]).WriteText(w => w.Write("new"));
            outputs.Add(folder["config/alerts.yml"]).WriteText(w => w.Write("groups"));
            Assert.AreEqual("old", File.ReadAllText(folder["plan.json"]), "nothing may change before the commit");
            outputs.Commit();
        }

        CollectionAssert.AreEqual(new[] { "config", "config/alerts.yml", "plan.json" }, folder.Entries);
        Assert.AreEqual("new", File.ReadAllText(folder["plan.json"]));
    }

    [TestMethod]
    public void Dispose_WithoutCommit_LeavesTheFoldersAsTheyWere()
    {
        using var folder = new TemporaryFolder();
        folder.Write("plan.json", "old");
        using (var outputs = new OutputTransaction(Stream.Null))
        {
            outputs.AddDirectory(folder["a/b"]);
            outputs.AddDirectory(folder["a/b/c"]);
            outputs.Add(folder["plan.json"]).WriteText(w => w.Write("new"));
            outputs.Add(folder["a/b/alerts.yml"]).WriteText(w => w.Write("groups"));
        }

        CollectionAssert.AreEqual(new[] { "plan.json" }, folder.Entries);
        Assert.AreEqual("old", File.ReadAllText(folder["plan.json"]));
    }

    [TestMethod]
    public void Add_NameThatEndsInGz_IsCompressed()
    {
        using var folder = new TemporaryFolder();
        using (var outputs = new OutputTransaction(Stream.Null))
        {
            outputs.Add(folder["f.csv.gz"]).WriteText(w => w.WriteLine("timestamp"));
            outputs.Commit();
        }

        using var reader = new StreamReader(new GZipStream(File.OpenRead(folder["f.csv.gz"]), CompressionMode.Decompress));
        Assert.AreEqual("timestamp\n", reader.ReadToEnd());
    }

    [TestMethod]
    public void StandardOutput_GetsNothingBeforeTheCommit()
    {
        using var standardOutput = new MemoryStream();
        using var outputs = new OutputTransaction(standardOutput);
        outputs.Add("-").WriteText(w => w.Write("{}"));
        Assert.AreEqual(0, standardOutput.Length);
        outputs.Commit();
        CollectionAssert.AreEqual("{}"u8.ToArray(), standardOutput.ToArray());
    }

    [TestMethod]
    public void Device_IsWrittenThrough_AndNeverReplaced()
    {
        using var outputs = new OutputTransaction(Stream.Null);
        outputs.Add("/dev/null").WriteText(w => w.Write("gone"));
        outputs.Commit();
        Assert.AreEqual(0, new FileInfo("/dev/null").Length);
        using FileStream stillADevice = File.OpenWrite("/dev/null");
        Assert.IsFalse(stillADevice.CanSeek && stillADevice.Length > 0);
    }

    [TestMethod]
    public void Add_OverAnInput_IsRefused_EvenThroughALink()
    {
        using var folder = new TemporaryFolder();
        folder.Write("history.csv", "timestamp,requests");
        File.CreateSymbolicLink(folder["link.csv"], folder["history.csv"]);
        using var outputs = new OutputTransaction(Stream.Null);
        outputs.Protect(folder["history.csv"]);
        StringAssert.Contains(Assert.ThrowsExactly<UsageException>(() => outputs.Add(folder["link.csv"])).Message, "is an input");
    }

    [TestMethod]
    public void Add_ThroughALink_ReplacesWhatItPointsTo()
    {
        using var folder = new TemporaryFolder();
        folder.Write("real.json", "old");
        File.CreateSymbolicLink(folder["link.json"], folder["real.json"]);
        using (var outputs = new OutputTransaction(Stream.Null))
        {
            outputs.Add(folder["link.json"]).WriteText(w => w.Write("new"));
            outputs.Commit();
        }

        Assert.IsNotNull(File.ResolveLinkTarget(folder["link.json"], returnFinalTarget: false));
        Assert.AreEqual("new", File.ReadAllText(folder["real.json"]));
    }

    [TestMethod]
    public void Add_WhereNothingCanBeWritten_SaysSoAtOnce()
    {
        using var folder = new TemporaryFolder();
        folder.Write("file", "");
        using var outputs = new OutputTransaction(Stream.Null);
        StringAssert.Contains(Assert.ThrowsExactly<UsageException>(() => outputs.Add(folder["absent/plan.json"])).Message, "does not exist");
        StringAssert.Contains(Assert.ThrowsExactly<UsageException>(() => outputs.Add(folder["file/plan.json"])).Message, "plan.json");
        StringAssert.Contains(Assert.ThrowsExactly<UsageException>(() => outputs.Add(folder.Path)).Message, "is a directory");
        StringAssert.Contains(Assert.ThrowsExactly<UsageException>(() => outputs.AddDirectory(folder["file"])).Message, "is a file");
        StringAssert.Contains(Assert.ThrowsExactly<UsageException>(() => outputs.AddDirectory("/proc/nowhere")).Message, "cannot be written");
        CollectionAssert.AreEqual(new[] { "file" }, folder.Entries);
    }

    [TestMethod]
    public void Add_TheSamePlaceTwice_IsRefused()
    {
        using var folder = new TemporaryFolder();
        using var outputs = new OutputTransaction(Stream.Null);
        outputs.Add(folder["a.csv"]);
        outputs.Add("-");
        Assert.ThrowsExactly<UsageException>(() => outputs.Add(folder["./a.csv"]));
        Assert.ThrowsExactly<UsageException>(() => outputs.Add("-"));
    }
}
