using System.Text;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Monitoring;
using Makalu.Capacity.Tests.Cli;

namespace Makalu.Capacity.Tests.Monitoring;

[TestClass]
public sealed class ForecastRecordFileTests
{
    private static readonly DateTimeOffset Start = new(2024, 5, 6, 0, 0, 0, TimeSpan.Zero);

    [TestMethod]
    [DataRow("record.json")]
    [DataRow("record.json.gz")]
    public void Read_GivesBackWhatWasWritten(string name)
    {
        using var folder = new TemporaryFolder();
        ForecastRecord written = Record();
        ForecastRecordFile.Write(folder[name], written);
        ForecastRecord read = ForecastRecordFile.Read(folder[name]);
        CollectionAssert.AreEqual(new[] { name }, folder.Entries, "no temporary file may be left");
        Assert.AreEqual(written.Origin, read.Origin);
        Assert.AreEqual(written.End, read.End);
        Assert.AreEqual("shop", read.Series);
        Assert.AreEqual("known", read.Model);
        CollectionAssert.AreEqual(written.Quantiles.ToArray(), read.Quantiles.ToArray());
        CollectionAssert.AreEqual(written.Steps(1).ToArray(), read.Steps(1).ToArray());
        CollectionAssert.AreEqual(written.ExpectedPinballLoss.ToArray(), read.ExpectedPinballLoss.ToArray());
        CollectionAssert.AreEqual(written.Peaks.Select(p => p.Window).ToArray(), read.Peaks.Select(p => p.Window).ToArray());
        CollectionAssert.AreEqual(written.Peaks[^1].RequestsPerSecond.ToArray(), read.Peaks[^1].RequestsPerSecond.ToArray());
    }

    /// <summary>The file of schema 1, field by field: fields may be added, never changed or removed.</summary>
    [TestMethod]
    public void Schema1_StaysReadable()
    {
        const string Content = """
            {"schema":1,"series":"shop","model":"pool","origin":"2024-05-06T00:00:00Z","step":"06:00:00","quantiles":[0.5,0.9],"steps":[[1,2],[3,4]],
            "expectedPinballLoss":[0.1,0.2],"peaks":[{"window":"day 2024-05-06","kind":"day","startsAt":"2024-05-06T00:00:00Z","endsAt":"2024-05-07T00:00:00Z","requestsPerSecond":[2,4]}],"addedLater":7}
            """;
        ForecastRecord read = Read(Content);
        Assert.AreEqual(4, read.Steps(1)[1]);
        Assert.AreEqual(TimeSpan.FromHours(12), read.End - read.Origin);
        Assert.AreEqual(4, read.Peaks[0].RequestsPerSecond[1]);
    }

    [TestMethod]
    [DataRow("null", "null")]
    [DataRow("{", "no forecast record")]
    [DataRow("""{"schema":1}""", "no forecast record")]
    [DataRow("""{"schema":2,"series":"","model":"","origin":"2024-05-06T00:00:00Z","step":"06:00:00","quantiles":[0.5],"steps":[[1]],"expectedPinballLoss":[0],"peaks":[]}""", "schema 2 is not known")]
    [DataRow("""{"schema":1,"series":"","model":"","origin":"2024-05-06T00:00:00Z","step":"06:00:00","quantiles":[0.9],"steps":[[1]],"expectedPinballLoss":[0],"peaks":[]}""", "0.5 among them")]
    [DataRow("""{"schema":1,"series":"","model":"","origin":"2024-05-06T00:00:00Z","step":"06:00:00","quantiles":[0.5],"steps":[[1,2]],"expectedPinballLoss":[0],"peaks":[]}""", "a list of 1 values")]
    [DataRow("""{"schema":1,"series":"","model":"","origin":"2024-05-06T00:00:00Z","step":"00:00:00","quantiles":[0.5],"steps":[[1]],"expectedPinballLoss":[0],"peaks":[]}""", "longer than zero")]
    public void Read_OfABrokenFile_SaysWhatIsWrong(string content, string expected)
    {
        InvalidDataException error = Assert.ThrowsExactly<InvalidDataException>(() => Read(content));
        StringAssert.Contains(error.Message, expected, StringComparison.Ordinal);
        StringAssert.StartsWith(error.Message, "night.json: ", StringComparison.Ordinal);
    }

    private static ForecastRecord Read(string content) => ForecastRecordFile.Read(new MemoryStream(Encoding.UTF8.GetBytes(content)), "night.json");

    private static ForecastRecord Record()
    {
        Forecast forecast = new KnownForecast(Start, TimeSpan.FromHours(6)).Predict(new PredictionOptions { Horizon = 8 });
        return ForecastRecord.Of(forecast, new CampaignCalendar([new Campaign("sale", "email", Start.AddHours(7), Start.AddHours(9))]), [0.5, 0.9, 1.0 / 3], "shop");
    }
}
