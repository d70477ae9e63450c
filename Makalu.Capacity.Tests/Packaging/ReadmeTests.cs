using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Reporting;
using Makalu.Capacity.Series;
using Makalu.Capacity.Sizing;
using Makalu.Capacity.Tests.Cli;

namespace Makalu.Capacity.Tests.Packaging;

[TestClass]
public sealed class ReadmeTests
{
    private const string ThisFile = "Makalu.Capacity.Tests/Packaging/ReadmeTests.cs";

    [TestMethod]
    public void Example_InTheReadme_IsTheOneThatIsRunHere()
    {
        string source = RepositoryFolder.Read(ThisFile);
        int start = source.IndexOf("// <example>\n", StringComparison.Ordinal) + "// <example>\n".Length;
        int end = source.IndexOf("// </example>", start, StringComparison.Ordinal);
        string example = string.Join('\n', source[start..end].TrimEnd().Split('\n').Select(l => l.Length == 0 ? l : l["        ".Length..]));

        StringAssert.Contains(RepositoryFolder.Read("README.md"), "```csharp\n" + example + "\n```");
        Assert.IsLessThanOrEqualTo(15, example.Split('\n').Count(l => l.Length > 0));
    }

    [TestMethod]
    public void Example_PlansForTheSample()
    {
        using var folder = new TemporaryFolder();
        using var console = new StringWriter();
        RunExample(Path.Combine(RepositoryFolder.Path, "data"), folder.Path, console);

        string[] lines = console.ToString().Split('\n');
        StringAssert.Contains(lines[0], "The settings of today do not survive");
        StringAssert.Contains(lines[0], "autumn-launch");
        StringAssert.StartsWith(lines[1], "web: ");
        Assert.IsTrue(File.Exists(folder["postgresql.conf"]));
    }

    // The writer is called as in a program of its own.
#pragma warning disable IDE1006, SA1313
    private static void RunExample(string data, string output, TextWriter Console)
#pragma warning restore IDE1006, SA1313
    {
        // <example>
        RequestHistory history = SeriesFile.Read($"{data}/requests.csv.gz")[0];
        CampaignCalendar calendar = CampaignCalendarReader.Read($"{data}/calendar.csv");
        SystemDescription system = SystemDescriptionReader.Read($"{data}/system.json");

        var planner = new CapacityPlanner(new CapacityPlannerOptions { Horizon = TimeSpan.FromDays(1), Seed = 1 });
        CapacityPlan plan = planner.Recommend(history, calendar, system);

        Console.WriteLine(PlanSummary.Of(plan).Headline);
        foreach (ServicePool pool in plan.Connections.Services)
            Console.WriteLine($"{pool.Name}: {pool.MaxPoolSize} connections per instance, {pool.Connections} in all");

        foreach (Finding finding in plan.Findings.Where(f => f.Severity == FindingSeverity.Critical))
            Console.WriteLine(finding.Message);

        foreach (ConfigurationFile file in ConfigurationWriter.Write(plan))
            File.WriteAllText(Path.Combine(output, file.Name), file.Content);
        // </example>
    }
}
