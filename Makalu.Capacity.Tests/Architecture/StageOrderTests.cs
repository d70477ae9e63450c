namespace Makalu.Capacity.Tests.Architecture;

[TestClass]
public sealed class StageOrderTests
{
    private static readonly System.Reflection.Assembly Library = typeof(CapacityPlan).Assembly;

    [TestMethod]
    public void Library_DependsOneWay_FromLogsToReporting()
    {
        IReadOnlyList<string> violations = StageOrder.OfLibrary.Violations(Library);
        Assert.IsEmpty(violations, string.Join("\n", violations));
    }

    [TestMethod]
    public void Library_HasNoFolderThatIsNoStage()
    {
        IReadOnlyList<string> unknown = StageOrder.OfLibrary.UnknownStages(Library);
        Assert.IsEmpty(unknown, string.Join("\n", unknown));
    }

    /// <summary>The order read backwards: were nothing seen of the library, nothing would be wrong with that either.</summary>
    [TestMethod]
    public void Check_OfTheOrderBackwards_Fails()
    {
        var backwards = new StageOrder("Makalu.Capacity", ["Reporting", "", "Sizing", "Peaks", "Forecasting", "Campaigns", "Series", "Logs", "Numerics"]);
        Assert.IsGreaterThan(50, backwards.Violations(Library).Count);
    }

    /// <summary>Each way in which an early stage may reach for a late one, most of them seen in method bodies only.</summary>
    [TestMethod]
    [DataRow("ByField")]
    [DataRow("ByCall")]
    [DataRow("ByConstruction")]
    [DataRow("ByStaticField")]
    [DataRow("ByTypeof")]
    [DataRow("ByGenericArgument")]
    [DataRow("ByLambda")]
    [DataRow("ByIterator")]
    public void Check_SeesADependency(string how)
    {
        IReadOnlyList<string> violations = new StageOrder("Makalu.Capacity.Tests.Architecture.Example", ["Early", "Late"]).Violations(typeof(StageOrderTests).Assembly);
        Assert.IsTrue(violations.Any(v => v.Contains($"Early.{how}", StringComparison.Ordinal)), string.Join("\n", violations));
        Assert.IsFalse(violations.Any(v => v.Contains("Early.Innocent", StringComparison.Ordinal)));
    }
}
