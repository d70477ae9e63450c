using CsvHelper;

namespace Makalu.Capacity.Reporting;

/// <summary>What the CSV files have in common: RFC 4180 with line feeds, invariant numbers that read back to the same value.</summary>
internal static class PlanCsv
{
    public static CsvWriter Create(Stream stream) => CsvWriter.Create(stream, new CsvWriterOptions { NewLine = "\n" }, leaveOpen: true);

    public static void WriteQuantileNames(CsvWriter csv, IEnumerable<double> quantiles)
    {
        foreach (double quantile in quantiles)
        {
            csv.WriteField(PlanText.QuantileName(quantile));
        }
    }

    public static void WriteRate(CsvWriter csv, double requestsPerSecond) => csv.WriteField(requestsPerSecond, "R");
}
