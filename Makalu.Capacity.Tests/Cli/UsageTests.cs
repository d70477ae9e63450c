namespace Makalu.Capacity.Tests.Cli;

[TestClass]
public sealed class UsageTests
{
    [TestMethod]
    [DataRow("forecast", "--history", "h.csv", "--horizon", "0h", "--output", "-")]
    [DataRow("forecast", "--history", "h.csv", "--output", "-")]
    [DataRow("forecast", "--history", "h.csv", "--horizon", "72h", "--output", "-", "--threads", "0")]
    [DataRow("forecast", "--history", "h.csv", "--horizon", "72h", "--output", "-", "--seed", "x")]
    [DataRow("forecast", "--history", "h.csv", "--horizon", "72h", "--output", "-", "--quantiles", "95")]
    [DataRow("forecast", "--history", "h.csv", "--horizon", "72h", "--output", "-", "--from", "2024-09-15")]
    [DataRow("recommend", "--history", "h.csv", "--output", "-")]
    [DataRow("recomend")]
    [DataRow("forecast", "--nonsense")]
    public async Task BadUsage_ExitsWith2_AndNamesTheHelp(params string[] arguments)
    {
        CommandRun run = await CommandRun.Of(arguments);
        Assert.AreEqual(2, run.ExitCode, run.Error);
        StringAssert.StartsWith(run.Error, "error: ");
        StringAssert.Contains(run.Error, "--help");
        Assert.AreEqual("", run.Output);
    }

    [TestMethod]
    public async Task Help_ExitsWith0_OnStandardOutput()
    {
        CommandRun run = await CommandRun.Of("recommend", "--help");
        Assert.AreEqual(0, run.ExitCode);
        StringAssert.Contains(run.Output, "--system");
        Assert.AreEqual("", run.Error);
    }
}
