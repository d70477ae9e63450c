using Makalu.Capacity.Cli.Nightly;
using Makalu.Capacity.Tests.Cli;
using Makalu.Capacity.Tests.Reporting;
using YamlDotNet.RepresentationModel;

namespace Makalu.Capacity.Tests.Nightly;

[TestClass]
public sealed class ScheduleFilesTests
{
    [TestMethod]
    public void Systemd_IsWhatSystemdReads()
    {
        string analyze = ExternalTool.Require("systemd-analyze", "systemd");
        using var folder = new TemporaryFolder();
        foreach ((string name, string content) in ScheduleFiles.Of(ScheduleFiles.Systemd, "/etc/makalu/a 100% \"odd\" name.json", "/var/lib/makalu"))
        {
            // The verifier looks for the program, which is not installed here.
            folder.Write(name, content.Replace("/usr/local/bin/makalu", "/bin/true", StringComparison.Ordinal));
        }

        (int exitCode, string output) = ExternalTool.Run(analyze, "verify", "--man=no", folder["makalu-nightly.timer"], folder["makalu-nightly.service"]);
        Assert.AreEqual(0, exitCode, output);
        Assert.AreEqual("", string.Join('\n', output.Split('\n').Where(l => l.Contains("makalu-nightly", StringComparison.Ordinal))), "not a warning either");
    }

    [TestMethod]
    public void Kubernetes_ForbidsTwoRuns_AndDoesNotRepeatANightThatNeedsSomeone()
    {
        string yaml = ScheduleFiles.Of(ScheduleFiles.Kubernetes, "/etc/makalu/nightly.json", "/var/lib/makalu").Single().Content;
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        YamlNode root = stream.Documents.Single().RootNode;
        Assert.AreEqual("CronJob", ((YamlScalarNode)root["kind"]).Value);
        Assert.AreEqual("Forbid", ((YamlScalarNode)root["spec"]["concurrencyPolicy"]).Value);
        YamlNode job = root["spec"]["jobTemplate"]["spec"];
        CollectionAssert.AreEqual(new[] { "2", "3" }, ((YamlSequenceNode)job["podFailurePolicy"]["rules"][0]["onExitCodes"]["values"]).Select(v => ((YamlScalarNode)v).Value).ToArray());
        Assert.AreEqual("Never", ((YamlScalarNode)job["template"]["spec"]["restartPolicy"]).Value, "podFailurePolicy asks for it");
    }

    // docs/nightly.md states a night's memory with this setting of the .NET runtime.
    [TestMethod]
    public void Both_GiveMemoryBackBetweenServices()
    {
        string yaml = ScheduleFiles.Of(ScheduleFiles.Kubernetes, "/etc/makalu/nightly.json", "/var/lib/makalu").Single().Content;
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        YamlNode variable = stream.Documents.Single().RootNode["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"][0]["env"][0];
        Assert.AreEqual(("DOTNET_GCConserveMemory", "7"), (((YamlScalarNode)variable["name"]).Value, ((YamlScalarNode)variable["value"]).Value));
        StringAssert.Contains(ScheduleFiles.Of(ScheduleFiles.Systemd, "/etc/makalu/nightly.json", "/var/lib/makalu")[0].Content, "\nEnvironment=DOTNET_GCConserveMemory=7\n");
    }

    [TestMethod]
    public async Task Command_WritesTheFiles()
    {
        using var folder = new NightlyFolder();
        folder.Configure([("a", NightlyFolder.FileSource("a.csv"))]);
        CommandRun run = await folder.RunAsync("--emit-schedule", "systemd", "--output", folder["units"]);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        CollectionAssert.IsSubsetOf(new[] { "units/makalu-nightly.service", "units/makalu-nightly.timer" }, folder.Entries);
        StringAssert.Contains(File.ReadAllText(folder["units/makalu-nightly.service"]), folder.Configuration);
        StringAssert.Contains((await folder.RunAsync("--emit-schedule", "kubernetes")).Output, "kind: \"CronJob\"");
    }
}
