namespace Makalu.Capacity.Benchmarks.Accuracy;

/// <summary><c>accuracy</c>: measures forecasts on the evaluation's data sets and prints the figures.</summary>
internal static class AccuracyCommand
{
    public static int Run(string[] arguments)
    {
        if (arguments is ["report", string shared, string document])
        {
            using var report = new AccuracyReport(shared);
            return report.Write(document) ? 0 : 1;
        }

        if (arguments.FirstOrDefault() == "peaks")
        {
            KnownProcesses.Run(arguments.Length > 1 ? int.Parse(arguments[1], System.Globalization.CultureInfo.InvariantCulture) : 500);
            return 0;
        }

        if (arguments.FirstOrDefault() == "jumps")
        {
            JumpingLevels.Run(arguments.Length > 1 ? int.Parse(arguments[1], System.Globalization.CultureInfo.InvariantCulture) : 200);
            return 0;
        }

        if (!Directory.Exists(DataFiles.Folder))
        {
            Console.Error.WriteLine($"The data folder {DataFiles.Folder} is not there. Set MAKALU_DATA to the folder that holds m4-hourly, nasa95, nab, worldcup98 and pageviews.");
            return 2;
        }

        switch (arguments.FirstOrDefault())
        {
            case "m4":
                M4Hourly.Run(members: arguments.Contains("--members"), alone: arguments.Contains("--alone"));
                return 0;
            case "real":
                RealTraffic.Run(arguments.Length > 1 ? arguments[1] : "", arguments.Length > 2 ? int.Parse(arguments[2], System.Globalization.CultureInfo.InvariantCulture) : 12);
                return 0;
            case "coverage":
                CoverageTable.Run(arguments.Length > 1 ? arguments[1] : "", arguments.Length > 2 ? int.Parse(arguments[2], System.Globalization.CultureInfo.InvariantCulture) : 28);
                return 0;
            default:
                Console.Error.WriteLine("Usage: accuracy report SHARED DOCUMENT | accuracy m4 [--members] [--alone] | accuracy real [data set] [origins] | accuracy peaks [runs] | accuracy jumps [runs] | accuracy coverage [data set] [origins]");
                return 2;
        }
    }
}
