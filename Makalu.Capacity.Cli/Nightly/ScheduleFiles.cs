using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Makalu.Capacity.Cli.Nightly;

/// <summary>Ready files that run the nightly job: a systemd service and timer, or a Kubernetes CronJob.</summary>
internal static class ScheduleFiles
{
    public const string Systemd = "systemd";

    public const string Kubernetes = "kubernetes";

    /// <summary>The .NET runtime's setting System.GC.ConserveMemory, which can only be made before the process starts.</summary>
    private const string ConserveMemory = "DOTNET_GCConserveMemory";

    /// <summary>The files of a scheduler by name.</summary>
    /// <param name="scheduler"><see cref="Systemd"/> or <see cref="Kubernetes"/>.</param>
    /// <param name="configuration">The full name of <c>nightly.json</c>.</param>
    /// <param name="output">The folder that the job writes to.</param>
    public static IReadOnlyList<(string Name, string Content)> Of(string scheduler, string configuration, string output)
        => scheduler == Systemd
            ? [("makalu-nightly.service", Service(configuration, output)), ("makalu-nightly.timer", Timer)]
            : [("makalu-nightly.yml", CronJob())];

    private static string Service(string configuration, string output) => $"""
        # Save as /etc/systemd/system/makalu-nightly.service, with makalu-nightly.timer beside it.
        [Unit]
        Description=Makalu.Capacity: forecast and plan every service
        Documentation=man:systemd.timer(5)
        Wants=network-online.target
        After=network-online.target

        [Service]
        Type=oneshot
        # Where the tool is installed: dotnet tool install --tool-path /usr/local/bin Makalu.Capacity.Cli
        ExecStart=/usr/local/bin/makalu nightly --config {Quote(configuration)}
        # 3 says that someone must act: the night itself went well.
        SuccessExitStatus=3
        TimeoutStartSec=6h
        Nice=10
        DynamicUser=yes
        # Secrets of sources (connection strings, tokens), one NAME=value a line, readable by root only.
        EnvironmentFile=-/etc/makalu/nightly.env
        # Half the memory, for a little more time: what one service needed is given back before the next.
        Environment={ConserveMemory}=7
        ReadWritePaths={Quote(output)}
        ProtectSystem=strict
        ProtectHome=read-only
        NoNewPrivileges=yes
        PrivateTmp=yes

        """.ReplaceLineEndings("\n");

    private const string Timer = """
        [Unit]
        Description=Makalu.Capacity every night

        [Timer]
        OnCalendar=*-*-* 02:15:00 UTC
        RandomizedDelaySec=15min
        # A night that the machine slept through is made up for.
        Persistent=true

        [Install]
        WantedBy=timers.target

        """;

    private static string Quote(string path) => "\"" + path.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("%", "%%", StringComparison.Ordinal) + "\"";

    private static string CronJob()
    {
        YamlMappingNode container = Map(
            ("name", Text("makalu")),
            ("image", Text("registry.example/makalu:0.1.0")),
            ("args", new YamlSequenceNode(Text("nightly"), Text("--config"), Text("/etc/makalu/nightly.json"))),
            ("env", new YamlSequenceNode(Map(("name", Text(ConserveMemory)), ("value", Text("7"))))),
            ("envFrom", new YamlSequenceNode(Map(("secretRef", Map(("name", Text("makalu-nightly")), ("optional", Plain("true"))))))),
            ("resources", Map(("requests", Map(("cpu", Text("1")), ("memory", Text("512Mi")))), ("limits", Map(("memory", Text("2Gi")))))),
            ("securityContext", Map(("allowPrivilegeEscalation", Plain("false")), ("readOnlyRootFilesystem", Plain("true")), ("runAsNonRoot", Plain("true")), ("capabilities", Map(("drop", new YamlSequenceNode(Text("ALL"))))))),
            ("volumeMounts", new YamlSequenceNode(
                Map(("name", Text("configuration")), ("mountPath", Text("/etc/makalu")), ("readOnly", Plain("true"))),
                Map(("name", Text("output")), ("mountPath", Text("/var/lib/makalu"))),
                Map(("name", Text("temporary")), ("mountPath", Text("/tmp"))))));
        YamlMappingNode pod = Map(
            ("restartPolicy", Text("Never")),
            ("containers", new YamlSequenceNode(container)),
            ("volumes", new YamlSequenceNode(
                Map(("name", Text("configuration")), ("configMap", Map(("name", Text("makalu-nightly"))))),
                Map(("name", Text("output")), ("persistentVolumeClaim", Map(("claimName", Text("makalu-nightly"))))),
                Map(("name", Text("temporary")), ("emptyDir", new YamlMappingNode())))));

        // The container ends with 3 when someone must act: a Job must not start it again for that.
        YamlMappingNode policy = Map(("rules", new YamlSequenceNode(Map(
            ("action", Text("FailJob")),
            ("onExitCodes", Map(("containerName", Text("makalu")), ("operator", Text("In")), ("values", new YamlSequenceNode(Plain("2"), Plain("3")))))))));
        YamlMappingNode job = Map(
            ("apiVersion", Text("batch/v1")),
            ("kind", Text("CronJob")),
            ("metadata", Map(("name", Text("makalu-nightly")))),
            ("spec", Map(
                ("schedule", Text("15 2 * * *")),
                ("timeZone", Text("Etc/UTC")),
                ("concurrencyPolicy", Text("Forbid")),
                ("startingDeadlineSeconds", Plain("14400")),
                ("jobTemplate", Map(("spec", Map(
                    ("backoffLimit", Plain("2")),
                    ("activeDeadlineSeconds", Plain("21600")),
                    ("podFailurePolicy", policy),
                    ("template", Map(("spec", pod))))))))));
        using var text = new StringWriter { NewLine = "\n" };
        text.WriteLine("# Needs an image with the makalu tool, a ConfigMap 'makalu-nightly' with nightly.json and what it names, a claim");
        text.WriteLine("# 'makalu-nightly' for the output (write \"output\": \"/var/lib/makalu\"), and, where sources have secrets, a Secret 'makalu-nightly'.");
        text.WriteLine("# Exit code 3 (someone must act) shows as a failed Job, on purpose; so does 2 (bad input). 1 (partly failed) is tried again.");
        new YamlStream(new YamlDocument(job)).Save(text, assignAnchors: false);
        return text.ToString().Replace("\n...\n", "\n", StringComparison.Ordinal);
    }

    private static YamlMappingNode Map(params (string Key, YamlNode Value)[] entries) => new(entries.Select(e => new KeyValuePair<YamlNode, YamlNode>(new YamlScalarNode(e.Key), e.Value)));

    private static YamlScalarNode Text(string value) => new(value) { Style = ScalarStyle.DoubleQuoted };

    private static YamlScalarNode Plain(string value) => new(value) { Style = ScalarStyle.Plain };
}
