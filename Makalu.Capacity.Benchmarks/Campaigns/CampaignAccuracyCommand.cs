using System.Globalization;
using Makalu.Capacity.Benchmarks.Accuracy;
using Makalu.Capacity.Forecasting;

namespace Makalu.Capacity.Benchmarks.Campaigns;

/// <summary>The <c>accuracy</c> commands that concern campaigns and daily traffic.</summary>
internal static class CampaignAccuracyCommand
{
    public static bool Handles(string[] args) => args is ["accuracy", "worldcup" or "unseen-tier" or "amplitudes" or "responses" or "change" or "regressions" or "pageviews" or "days" or "daily-campaigns" or "synthetic" or "sample", ..];

    public static int Run(string[] args)
    {
        IForecaster forecaster = args.Contains("--pool") ? new CampaignForecaster(new PoolForecaster())
            : args.Contains("--naive") ? new CampaignForecaster(new SeasonalNaiveForecaster())
            : args.Contains("--auto") ? new AutoForecaster()
            : new CampaignForecaster();
        bool each = args.Contains("--each");
        int days = args.Contains("--two-days") ? 2 : args.Contains("--four-days") ? 4 : 3;
        string[] options = args;
        args = Array.FindAll(args, a => !a.StartsWith("--", StringComparison.Ordinal));
        switch (args)
        {
            case [_, "worldcup", string data, ..]:
                WorldCupAccuracy.Run(data, Console.Out, forecaster, 24 * days, each, options.Contains("--rounds"));
                return 0;
            case [_, "pageviews", string data, .. string[] seasons]:
                PageviewsAccuracy.Run(data, Console.Out, forecaster, each, seasons.Length > 0 ? int.Parse(seasons[0], CultureInfo.InvariantCulture) : 5);
                return 0;
            case [_, "days", .. string[] seeds]:
                SyntheticDays.Run(Console.Out, forecaster, seeds.Length > 0 ? int.Parse(seeds[0], CultureInfo.InvariantCulture) : 60);
                return 0;
            case [_, "daily-campaigns", .. string[] numbers]:
                int[] sizes = Array.ConvertAll(numbers, n => int.Parse(n, CultureInfo.InvariantCulture));
                DailyCampaignAccuracy.Run(Console.Out, sizes.Length > 0 ? sizes[0] : 40, sizes.Length > 1 ? sizes[1..] : [12, 24, 48]);
                return 0;
            case [_, "unseen-tier", .. string[] numbers]:
                UnseenTierAccuracy.Run(Console.Out, numbers.Length > 0 ? int.Parse(numbers[0], CultureInfo.InvariantCulture) : 200);
                return 0;
            case [_, "amplitudes", .. string[] numbers]:
                AmplitudeModelAccuracy.Run(Console.Out, numbers.Length > 0 ? int.Parse(numbers[0], CultureInfo.InvariantCulture) : 40);
                return 0;
            case [_, "responses", .. string[] numbers]:
                ResponseFormAccuracy.Run(Console.Out, numbers.Length > 0 ? int.Parse(numbers[0], CultureInfo.InvariantCulture) : 40);
                return 0;
            case [_, "regressions", .. string[] rest]:
                AmplitudeRegressions.Run(Console.Out, rest.Length > 0 ? int.Parse(rest[0], CultureInfo.InvariantCulture) : 4, rest.Length > 1 ? rest[1] : null);
                return 0;
            case [_, "change", .. string[] numbers]:
                AmplitudeChangeAccuracy.Run(Console.Out, numbers.Length > 0 ? int.Parse(numbers[0], CultureInfo.InvariantCulture) : 300);
                return 0;
            case [_, "sample", .. string[] folders]:
                foreach (string folder in folders)
                    SampleAccuracy.Run(folder, Console.Out, forecaster);
                return 0;
            case [_, "synthetic", .. string[] numbers]:
                int[] values = Array.ConvertAll(numbers, n => int.Parse(n, CultureInfo.InvariantCulture));
                SyntheticAccuracy.Run(Console.Out, values.Length > 0 ? values[0] : 200, values.Length > 1 ? values[1..] : [3, 5, 10, 20, 50]);
                return 0;
            default:
                AccuracyUsage.Write();
                return 2;
        }
    }
}
