using System.Diagnostics;
using System.Text.RegularExpressions;
using Makalu.Capacity.Cli;
using Makalu.Capacity.Tests.Packaging;
using Makalu.Capacity.Tests.Reporting;

namespace Makalu.Capacity.Tests.Cli;

/// <summary>The progress of long work at a terminal: a real one, which <c>script</c> makes.</summary>
[TestClass]
public sealed partial class ProgressTests
{
    [TestMethod]
    public async Task LongWork_AtATerminal_TellsHowFarItIs_AndTheTimeLeft()
    {
        string shown = await AtATerminalAsync("");
        Assert.MatchesRegex(@"\d of 8 plans", shown);
        Assert.IsTrue(Share().Matches(shown).Select(m => int.Parse(m.Groups["percent"].Value, System.Globalization.CultureInfo.InvariantCulture)).Any(p => p is > 0 and < 100), shown);
        Assert.MatchesRegex(@"\d\d:\d\d:\d\d", shown, "the time left");
        Assert.Contains("quantile 0.95", shown);
    }

    [TestMethod]
    [DataRow("--quiet", "")]
    [DataRow("", "NO_COLOR=1 ")]
    public async Task LongWork_ThatIsQuietOrPlain_ShowsNoProgress(string option, string variable)
    {
        string shown = await AtATerminalAsync(option, variable);
        Assert.DoesNotMatchRegex(@"of 8 plans", shown);
        Assert.DoesNotMatchRegex(@"\d\d:\d\d:\d\d", shown);
        Assert.AreEqual(option.Length == 0, shown.Contains("quantile 0.95", StringComparison.Ordinal));
    }

    private static async Task<string> AtATerminalAsync(string option, string variable = "")
    {
        string script = ExternalTool.Require("script", "bsdutils");
        using var folder = new TemporaryFolder();
        string history = Path.Combine(RepositoryFolder.Path, "data", "requests.csv.gz");
        string command = $"{variable}dotnet '{typeof(MakaluCommand).Assembly.Location}' backtest --history '{history}' --origins 8 --step 5m --paths 1000 --threads 1 --model seasonal-naive --output '{folder["b.json"]}' {option}";
        var start = new ProcessStartInfo(script, ["-qec", command, "/dev/null"]) { RedirectStandardOutput = true, RedirectStandardInput = true };
        start.Environment["TERM"] = "xterm";
        start.Environment.Remove("NO_COLOR");
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        string shown = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.AreEqual(0, process.ExitCode, shown);
        return Escape().Replace(shown, "");
    }

    [GeneratedRegex(@"(?<percent>\d+)%")]
    private static partial Regex Share();

    [GeneratedRegex(@"\x1b\[[0-9;?]*[A-Za-z]")]
    private static partial Regex Escape();
}
