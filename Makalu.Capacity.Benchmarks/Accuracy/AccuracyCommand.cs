using System.Globalization;

namespace Makalu.Capacity.Benchmarks.Accuracy;

/// <summary><c>accuracy</c>: measures forecasts on the evaluation's data sets and prints the figures.</summary>
internal static class AccuracyCommand
{
    public static int Run(string[] arguments)
    {
        bool onlyLogarithm = arguments.Contains("--logarithm");
        string[] values = Array.FindAll(arguments, a => !a.StartsWith("--", StringComparison.Ordinal));
        int Size(int position, int usual) => values.Length > position ? int.Parse(values[position], CultureInfo.InvariantCulture) : usual;
        string dataSet = values.Length > 1 ? values[1] : "";
        switch (values[0])
        {
            case "report" when values is [_, string shared, string document, ..]:
                using (var report = new AccuracyReport(shared, values.Length > 3 ? Size(3, 0) : null))
                    return report.Write(document) ? 0 : 1;
            case "peaks":
                KnownProcesses.Run(Size(1, 500), arguments.Contains("--campaigns"));
                return 0;
            case "jumps":
                JumpingLevels.Run(Size(1, 200));
                return 0;
            case "smooth":
                SmoothSeries.Run(Size(1, 20));
                return 0;
            case "year":
                YearlySeasons.Run(Size(1, 20));
                return 0;
            case "damage":
                DamagedHistories.Run(Size(1, 2), values.Length > 2 ? values[2] : "pool,campaigns,campaigns+pool", values.Length > 3 ? values[3] : "5,15,60,1440", arguments.Contains("--each"), arguments.Contains("--middle"));
                return 0;
            case "m4" or "real" or "coverage" or "weights" or "limits" when !Directory.Exists(DataFiles.Folder):
                Console.Error.WriteLine($"The data folder {DataFiles.Folder} is not there. Set MAKALU_DATA to the folder that holds m4-hourly, nasa95, nab, worldcup98 and pageviews.");
                return 2;
            case "m4":
                M4Hourly.Run(Size(1, int.MaxValue), members: arguments.Contains("--members"), alone: arguments.Contains("--alone"), onlyLogarithm);
                return 0;
            case "real":
                RealTraffic.Run(dataSet, Size(2, 12), onlyLogarithm);
                return 0;
            case "coverage":
                CoverageTable.Run(dataSet, Size(2, 28));
                return 0;
            case "weights":
                WeightsTable.Run(Size(1, 9), Size(2, int.MaxValue), Size(3, 12));
                return 0;
            case "limits":
                ForecastLimits.Run(dataSet);
                return 0;
            default:
                AccuracyUsage.Write();
                return 2;
        }
    }
}
