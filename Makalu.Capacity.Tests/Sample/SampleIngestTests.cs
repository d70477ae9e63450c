using Makalu.Capacity.Series;
using Makalu.Capacity.Tests.Cli;

namespace Makalu.Capacity.Tests.Sample;

[TestClass]
public sealed class SampleIngestTests
{
    [TestMethod]
    public async Task Ingest_OfTheSampleLogs_GivesTheSeriesOfThoseHours()
    {
        using var folder = new TemporaryFolder();
        foreach (string log in GeneratedSample.Files.Keys.Where(k => k.StartsWith("logs/", StringComparison.Ordinal)))
        {
            File.WriteAllBytes(folder[Path.GetFileNameWithoutExtension(log)], GeneratedSample.Files[log]);
        }

        CommandRun run = await CommandRun.Of("ingest", folder["access.log.*"], "--output", folder["series.csv"]);

        Assert.AreEqual(0, run.ExitCode, run.Error);
        RequestHistory ingested = SeriesFile.Read(folder["series.csv"]).Single();
        RequestHistory history = GeneratedSample.History;
        int start = history.Requests.IndexOf(ingested.Requests.Start);
        Assert.AreEqual(120, ingested.Requests.Count);
        CollectionAssert.AreEqual(history.Requests.Slice(start, 120).Values.ToArray(), ingested.Requests.Values.ToArray());
        CollectionAssert.AreEqual(history.PeakRequestsPerSecond!.Slice(start, 120).Values.ToArray(), ingested.PeakRequestsPerSecond!.Values.ToArray());

        // The law of the seconds: 1 + 0.0036 × 39 requests per second.
        Assert.IsInRange(1.09, 1.19, ingested.DispersionAtOneSecond!.Values.ToArray().Average());
    }
}
