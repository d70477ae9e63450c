using Makalu.Capacity.Hosting;
using Makalu.Capacity.Plotting;
using Makalu.Capacity.Postgres;
using Makalu.Capacity.Tests.Packaging;
using PublicApiGenerator;

namespace Makalu.Capacity.Tests.PublicApi;

/// <summary>
/// The public API as it was approved. After a change that is meant, approve it (<c>MAKALU_APPROVE_API=1 ./test.sh --filter PublicApi</c>)
/// and look at the difference in git.
/// </summary>
[TestClass]
public sealed class PublicApiTests
{
    [TestMethod]
    [DataRow(typeof(CapacityPlan))]
    [DataRow(typeof(DatabaseInspector))]
    [DataRow(typeof(PlanCharts))]
    [DataRow(typeof(WarmCapacityModel))]
    public void Library_HasTheApprovedPublicApi(Type type)
    {
        string approvedFile = $"Makalu.Capacity.Tests/PublicApi/{type.Assembly.GetName().Name}.approved.txt";
        string actual = type.Assembly.GeneratePublicApi(new ApiGeneratorOptions { IncludeAssemblyAttributes = false, DenyNamespacePrefixes = [] }).ReplaceLineEndings("\n");
        if (Environment.GetEnvironmentVariable("MAKALU_APPROVE_API") == "1")
        {
            File.WriteAllText(Path.Combine(RepositoryFolder.Path, approvedFile), actual);
            Assert.Inconclusive($"Approved as {approvedFile}. Look at the difference in git, and run the test again without MAKALU_APPROVE_API.");
        }

        string[] approved = RepositoryFolder.Read(approvedFile).Split('\n');
        string[] lines = actual.Split('\n');
        Assert.IsTrue(
            approved.SequenceEqual(lines, StringComparer.Ordinal),
            $"""
            The public API is not the approved one.
            Added:
            {string.Join('\n', lines.Except(approved, StringComparer.Ordinal))}
            Removed:
            {string.Join('\n', approved.Except(lines, StringComparer.Ordinal))}
            If this is meant: MAKALU_APPROVE_API=1 ./test.sh --filter PublicApi
            """);
    }
}
