using System.Globalization;
using System.Text;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Reporting;

namespace Makalu.Capacity.Tests.Reporting;

[TestClass]
public sealed class CsvWriterTests
{
    [TestMethod]
    public void Forecast_HasTheColumnsOfTheContract_AndNumbersThatReadBack()
    {
        var forecast = new Forecast(ExamplePlan.Origin, TimeSpan.FromMinutes(5), 2, [0.1, 1000, 0.2, 3000]);
        string[] lines = Write(s =>
        {
            using var csv = new ForecastCsvWriter(s, [0.5, 0.9, 0.995]);
            csv.Write(forecast, "ignored");
        });

        Assert.AreEqual("timestamp,mean,p50,p90,p99.5", lines[0]);
        string[] first = lines[1].Split(',');
        Assert.AreEqual("2024-09-15T00:00:00Z", first[0]);
        Assert.AreEqual(forecast.Mean()[0], double.Parse(first[1], CultureInfo.InvariantCulture));
        Assert.AreEqual(forecast.Quantile(0.995)[0], double.Parse(first[4], CultureInfo.InvariantCulture));
        Assert.AreEqual("2024-09-15T00:05:00Z,2000,2000,2800,2990", lines[2]);
        Assert.HasCount(4, lines);
        Assert.AreEqual("", lines[3]);
    }

    [TestMethod]
    public void Forecast_OfSeveralSeries_NamesThem_QuotedWhereNeeded()
    {
        var forecast = new Forecast(ExamplePlan.Origin, TimeSpan.FromMinutes(5), 1, [1, 2]);
        string[] lines = Write(s =>
        {
            using var csv = new ForecastCsvWriter(s, [0.5], hasSeriesColumn: true);
            csv.Write(forecast, "web");
            csv.Write(forecast, "a, \"b\"");
        });

        Assert.AreEqual("series,timestamp,mean,p50", lines[0]);
        Assert.AreEqual("web,2024-09-15T00:00:00Z,1.5,1.5", lines[1]);
        Assert.AreEqual("\"a, \"\"b\"\"\",2024-09-15T00:00:00Z,1.5,1.5", lines[2]);
    }

    [TestMethod]
    public void Peaks_HaveTheColumnsOfTheContract()
    {
        string[] lines = Write(s =>
        {
            using var csv = new PeaksCsvWriter(s, [0.5, 0.99], hasSeriesColumn: true);
            csv.Write(ExamplePlan.Create().Peaks, "web");
        });

        Assert.AreEqual("series,window,kind,starts_at,ends_at,p50,p99", lines[0]);
        Assert.AreEqual("web,day 2024-09-15,day,2024-09-15T00:00:00Z,2024-09-16T00:00:00Z,1000,1490", lines[2]);
        Assert.AreEqual("web,autumn-launch,email,2024-09-15T13:30:00Z,2024-09-15T17:30:00Z,1000,1490", lines[3]);
    }

    private static string[] Write(Action<Stream> write)
    {
        using var stream = new MemoryStream();
        write(stream);
        return Encoding.UTF8.GetString(stream.ToArray()).Split('\n');
    }
}
