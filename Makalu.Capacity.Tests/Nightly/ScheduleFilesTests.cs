using Makalu.Capacity.Cli.Nightly;
using Makalu.Capacity.Tests.Cli;
using Makalu.Capacity.Tests.Reporting;
using YamlDotNet.RepresentationModel;

namespace Makalu.Capacity.Tests.Nightly;

[TestClass]
public sealed partial class ScheduleFilesTests
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
    public void Systemd_Timer_ElapsesOnceANight()
    {
        string analyze = ExternalTool.Require("systemd-analyze", "systemd");
        string when = ScheduleFiles.Of(ScheduleFiles.Systemd, "/etc/makalu/nightly.json", "/var/lib/makalu").Single(f => f.Name.EndsWith(".timer", StringComparison.Ordinal)).Content
            .Split('\n').Single(l => l.StartsWith("OnCalendar=", StringComparison.Ordinal))["OnCalendar=".Length..];
        (int exitCode, string output) = ExternalTool.Run(analyze, "calendar", "--iterations=3", "--base-time=2024-09-15 00:00:00 UTC", when);
        Assert.AreEqual(0, exitCode, output);
        CollectionAssert.AreEqual(
            new[] { "2024-09-15 02:15:00 UTC", "2024-09-16 02:15:00 UTC", "2024-09-17 02:15:00 UTC" },
            Elapse().Matches(output).Select(m => m.Groups["time"].Value).Distinct().ToArray(),
            output);
    }

    /// <summary>
    /// Each field is one of the published schema of batch/v1 CronJob (Kubernetes API reference 1.33), at the place where it is, and of its kind; names within
    /// the file lead to what it has. The whole file was read once by KubernetesClient 21.0.8 in its strict way, which is no package of this repository.
    /// </summary>
    [TestMethod]
    public void Kubernetes_HasOnlyFieldsOfThePublishedSchema()
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(ScheduleFiles.Of(ScheduleFiles.Kubernetes, "/etc/makalu/nightly.json", "/var/lib/makalu").Single().Content));
        YamlNode root = stream.Documents.Single().RootNode;
        List<string> found = [];
        List<string> unknown = [];
        Walk(root, "", found, unknown);
        Assert.IsEmpty(unknown, string.Join('\n', unknown));
        Assert.IsGreaterThan(40, found.Count);

        Assert.AreEqual("batch/v1", Text(root["apiVersion"]));
        Assert.MatchesRegex(@"^\d+ \d+ \* \* \*$", Text(root["spec"]["schedule"]));
        Assert.MatchesRegex("^[a-z0-9]([-a-z0-9]{0,50}[a-z0-9])?$", Text(root["metadata"]["name"]), "52 characters at the most, for a Job's name is longer by 11");
        Assert.IsTrue(TimeZoneInfo.TryFindSystemTimeZoneById(Text(root["spec"]["timeZone"]), out _));
        YamlNode job = root["spec"]["jobTemplate"]["spec"];
        YamlNode pod = job["template"]["spec"];
        YamlNode container = ((YamlSequenceNode)pod["containers"]).Single();
        Assert.AreEqual(Text(container["name"]), Text(job["podFailurePolicy"]["rules"][0]["onExitCodes"]["containerName"]));
        string[] volumes = [.. ((YamlSequenceNode)pod["volumes"]).Select(v => Text(v["name"]))];
        CollectionAssert.AreEquivalent(volumes, ((YamlSequenceNode)container["volumeMounts"]).Select(v => Text(v["name"])).ToArray());
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

    /// <summary>The fields that the file uses, of the published schema: the kind of each is s (text), i (whole number), b (true or false), q (quantity), or what is within.</summary>
    private static readonly Dictionary<string, string> Schema = new(StringComparer.Ordinal)
    {
        [""] = "apiVersion:s kind:s metadata: spec:",
        ["metadata"] = "name:s namespace:s labels: annotations:",
        ["spec"] = "schedule:s timeZone:s concurrencyPolicy:s startingDeadlineSeconds:i suspend:b successfulJobsHistoryLimit:i failedJobsHistoryLimit:i jobTemplate:",
        ["jobTemplate"] = "metadata: spec:JobSpec",
        ["JobSpec"] = "activeDeadlineSeconds:i backoffLimit:i completions:i parallelism:i ttlSecondsAfterFinished:i podFailurePolicy: template:",
        ["podFailurePolicy"] = "rules:",
        ["rules"] = "action:s onExitCodes: onPodConditions:",
        ["onExitCodes"] = "containerName:s operator:s values:i",
        ["template"] = "metadata: spec:PodSpec",
        ["PodSpec"] = "restartPolicy:s containers: volumes: serviceAccountName:s nodeSelector: securityContext:",
        ["containers"] = "name:s image:s imagePullPolicy:s command:s args:s env: envFrom: resources: securityContext: volumeMounts: workingDir:s",
        ["env"] = "name:s value:s valueFrom:",
        ["envFrom"] = "secretRef: configMapRef: prefix:s",
        ["secretRef"] = "name:s optional:b",
        ["resources"] = "requests: limits:",
        ["requests"] = "cpu:q memory:q",
        ["limits"] = "cpu:q memory:q",
        ["securityContext"] = "allowPrivilegeEscalation:b readOnlyRootFilesystem:b runAsNonRoot:b runAsUser:i privileged:b capabilities:",
        ["capabilities"] = "add:s drop:s",
        ["volumeMounts"] = "name:s mountPath:s readOnly:b subPath:s",
        ["volumes"] = "name:s configMap: persistentVolumeClaim: emptyDir: secret:",
        ["configMap"] = "name:s optional:b",
        ["persistentVolumeClaim"] = "claimName:s readOnly:b",
        ["emptyDir"] = "medium:s sizeLimit:q",
    };

    private static void Walk(YamlNode node, string place, List<string> found, List<string> unknown)
    {
        foreach (YamlNode item in node is YamlSequenceNode items ? items.Children : [])
            Walk(item, place, found, unknown);
        foreach ((YamlNode key, YamlNode value) in (node as YamlMappingNode)?.Children.AsEnumerable() ?? [])
        {
            string name = Text(key);
            string? field = Schema[place].Split(' ').SingleOrDefault(f => f.StartsWith(name + ":", StringComparison.Ordinal));
            string kind = field?[(name.Length + 1)..] ?? "";
            if (field is null)
                unknown.Add($"{place} has no {name}");
            else if (kind is "s" or "i" or "b" or "q")
                unknown.AddRange((value is YamlSequenceNode values ? values.Children : [value]).Where(v => !IsOf(kind, v)).Select(v => $"{place}.{name} is {v}"));
            else
                Walk(value, kind.Length > 0 ? kind : name, found, unknown);
            found.Add(place + "." + name);
        }
    }

    /// <summary>Texts are quoted, or YAML would take some for numbers or truths; numbers and truths are not.</summary>
    private static bool IsOf(string kind, YamlNode value) => value is YamlScalarNode scalar && kind switch
    {
        "s" => scalar.Style == YamlDotNet.Core.ScalarStyle.DoubleQuoted,
        "q" => System.Text.RegularExpressions.Regex.IsMatch(scalar.Value!, @"^\d+(\.\d+)?(m|Ki|Mi|Gi)?$"),
        "i" => scalar.Style == YamlDotNet.Core.ScalarStyle.Plain && int.TryParse(scalar.Value, out _),
        _ => scalar.Style == YamlDotNet.Core.ScalarStyle.Plain && scalar.Value is "true" or "false",
    };

    private static string Text(YamlNode node) => ((YamlScalarNode)node).Value!;

    [System.Text.RegularExpressions.GeneratedRegex(@"(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC)")]
    private static partial System.Text.RegularExpressions.Regex Elapse();
}
