using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Makalu.Capacity.Tests.Cli;
using Makalu.Capacity.Tests.Packaging;
using Makalu.Capacity.Tests.Reporting;

namespace Makalu.Capacity.Tests.Service;

/// <summary>The commands of docs/service.md as a reader would type them, against the program in a process of its own. Only the port is another, and the container is not built.</summary>
[TestClass]
public sealed partial class ServiceDocumentationTests
{
    private const string Port = "5080";
    private static readonly DateTimeOffset PushedTo = new(2024, 9, 15, 0, 0, 0, TimeSpan.Zero);

    [TestMethod]
    public async Task Commands_OfTheServicesPage_Run()
    {
        string curl = ExternalTool.Require("curl", "curl");
        string page = RepositoryFolder.Read("docs/service.md");
        string[][] programs = [.. DotnetRun().Matches(page).Select(m => m.Groups["arguments"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
        Assert.HasCount(2, programs);
        string[] curls = [.. CurlLine().Matches(page).Select(m => m.Groups["line"].Value)];
        Assert.HasCount(3, curls);

        using var folder = new TemporaryFolder();
        folder.Write("definition.json", Definition().Match(page).Groups["content"].Value);
        string connection = "Data Source=" + folder["state.db"];
        string key = await ServiceProcess.OutputAsync([.. programs[0], "--database", connection]);
        using var running = new ServiceProcess(connection, key, programs[1]);
        await running.WaitUntilReadyAsync();
        List<int> statuses = [];
        foreach (string line in curls)
        {
            if (line.EndsWith("/plan", StringComparison.Ordinal))
                await PushHistoryAsync(running);
            (int exitCode, string output) = await BashAsync(folder, key, line.Replace("curl ", $"'{curl}' -sS -o answer.json -w '%{{http_code}}' ", StringComparison.Ordinal).Replace("localhost:" + Port, running.Url.Authority, StringComparison.Ordinal));
            Assert.AreEqual(0, exitCode, $"{line}\n{output}");
            statuses.Add(int.Parse(output, System.Globalization.CultureInfo.InvariantCulture));
            Assert.IsLessThan(300, statuses[^1], $"{line}\n{File.ReadAllText(folder["answer.json"])}");
        }

        CollectionAssert.AreEqual(new[] { 201, 200, 200 }, statuses);
        JsonNode plan = JsonNode.Parse(File.ReadAllText(folder["answer.json"]))!;
        Assert.IsGreaterThan(0, plan["maxConnections"]!.GetValue<int>());

        // The load of "How fast", for a second.
        string wrk = ExternalTool.Require("wrk", "wrk");
        string load = WrkLine().Match(page).Groups["line"].Value;
        Assert.StartsWith("KEY=mk_… wrk ", load);
        (int code, string told) = await BashAsync(folder, key, load.Replace("KEY=mk_… wrk", $"'{wrk}'", StringComparison.Ordinal).Replace("-d30s", "-d1s", StringComparison.Ordinal).Replace("docs/recommend.lua", $"'{Path.Combine(RepositoryFolder.Path, "docs", "recommend.lua")}'", StringComparison.Ordinal).Replace("127.0.0.1:" + Port, running.Url.Authority, StringComparison.Ordinal));
        Assert.AreEqual(0, code, told);
        Assert.Contains("errors 0", told);
    }

    /// <summary>Eight days of minutes; the last step is the one that the page pushes.</summary>
    private static async Task PushHistoryAsync(ServiceProcess running)
    {
        var body = new StringBuilder("{\"observations\":[");
        for (DateTimeOffset at = PushedTo.AddDays(-8); at < PushedTo; at = at.AddMinutes(1))
            body.Append(body[^1] == '[' ? "" : ",").Append(System.Globalization.CultureInfo.InvariantCulture, $"{{\"timestamp\":\"{ExampleShop.Time(at)}\",\"requests\":{20_000 + (10_000 * Math.Sin(at.TimeOfDay.TotalDays * Math.Tau)):0}}}");
        using HttpResponseMessage pushed = await running.Client.PostAsync("/v1/services/shop/observations", new StringContent(body.Append("]}").ToString(), Encoding.UTF8, "application/json"));
        await RunningService.AssertStatusAsync(200, pushed);
    }

    private static async Task<(int ExitCode, string Output)> BashAsync(TemporaryFolder folder, string key, string line)
    {
        var start = new ProcessStartInfo("bash", ["-c", line]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder.Path };
        start.Environment["KEY"] = key;
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + error);
    }

    [GeneratedRegex(@"^    dotnet run --project Makalu\.Capacity\.Service -c Release( -- (?<arguments>.+))?$", RegexOptions.Multiline)]
    private static partial Regex DotnetRun();

    [GeneratedRegex(@"^    (?<line>curl .+)$", RegexOptions.Multiline)]
    private static partial Regex CurlLine();

    [GeneratedRegex(@"^    (?<line>KEY=\S+ wrk .+)$", RegexOptions.Multiline)]
    private static partial Regex WrkLine();

    [GeneratedRegex(@"where `definition\.json` is\n\n(?<content>(    [^\n]*\n)+)")]
    private static partial Regex Definition();
}
