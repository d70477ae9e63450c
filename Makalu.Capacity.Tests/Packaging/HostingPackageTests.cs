using System.Diagnostics;
using System.Text.RegularExpressions;
using Makalu.Capacity.Tests.Cli;

namespace Makalu.Capacity.Tests.Packaging;

/// <summary>The example of docs/service.md, run in an empty project against the packed package from a local feed.</summary>
[TestClass]
public sealed partial class HostingPackageTests
{
    [TestMethod]
    public async Task Example_InTheDocumentation_RunsAgainstThePackage()
    {
        string packages = Environment.GetEnvironmentVariable("MAKALU_TEST_PACKAGES") ?? throw new AssertInconclusiveException("MAKALU_TEST_PACKAGES is not set: .ci/run packs first and sets it.");
        string example = Example().Match(RepositoryFolder.Read("docs/service.md")).Groups["code"].Value;
        using var folder = new TemporaryFolder();
        LocalFeed.Use(packages, folder);
        folder.Write("host.cs", $"""
            #:sdk Microsoft.NET.Sdk.Web
            #:package Makalu.Capacity.Hosting@{typeof(CapacityPlan).Assembly.GetName().Version!.ToString(3)}
            #:property PublishAot=false
            using Makalu.Capacity;
            using Makalu.Capacity.Campaigns;
            using Makalu.Capacity.Hosting;
            using Makalu.Capacity.Series;
            using Makalu.Capacity.Sizing;

            string data = args[0];
            args = [];
            {example}
            """);

        var start = new ProcessStartInfo("dotnet", ["run", folder["host.cs"], "--", Path.Combine(RepositoryFolder.Path, "data")]) { WorkingDirectory = folder.Path, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.AreEqual(0, process.ExitCode, await output + await error);
        StringAssert.Matches(await output, MaxConnections());
    }

    [GeneratedRegex("```csharp\n(?<code>var builder = Host.*?)```", RegexOptions.Singleline)]
    private static partial Regex Example();

    /// <summary>The plan for the launch, beside what the host logs.</summary>
    [GeneratedRegex(@"^[2-9]\d\d$", RegexOptions.Multiline)]
    private static partial Regex MaxConnections();
}
