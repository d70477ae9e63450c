using Makalu.Capacity.Forecasting.Candidates;
using Makalu.Capacity.Forecasting.Pool;

namespace Makalu.Capacity.Forecasting;

/// <summary>
/// What a forecast costs, in milliseconds of one core, by the size of the work alone: twice what was measured on a server's core of 2024 (about 3 GHz), so that
/// slower machines mostly keep to it too. The clock is never asked, and results can be repeated.
/// </summary>
internal static class ForecastCost
{
    private const double Safety = 2;

    /// <summary>The cost of a fitted pool and of 1,000 paths from it.</summary>
    public static double OfPool(int values, SeasonLengths seasons, int horizon, int stepsPerValue, PoolEffort effort)
    {
        double simulation = OfPaths((double)horizon * stepsPerValue, 1000);
        if (effort.Origins == 0)
            return (Safety * (0.5 + (1e-4 * values))) + simulation;

        // The long window of singular spectrum analysis: its covariances, and a Cholesky factor of its size.
        double window = Math.Min(2.0 * Math.Max(seasons.Profile, 4 * seasons.Cycle), values / 2.0);
        double origin = effort.OnlyLightMembers
            ? 0.3 + (1e-4 * values)
            : 2 + (4e-4 * values) + (3e-6 * values * window) + (3e-9 * window * window * window);
        double maxima = OfPaths((double)effort.Origins * Math.Min(horizon, values / 2) * stepsPerValue, 200);
        return (Safety * (effort.Origins + 1) * origin) + maxima + simulation;
    }

    /// <summary>The cost of growing the trees of a fleet once.</summary>
    public static double OfTraining(int examples) => Safety * 0.008 * examples;

    /// <summary>The cost of what the trees say of one series: features, and a walk through each tree; and of the components that it shares with others.</summary>
    public static double OfBoosting(int horizon, PoolEffort effort) => Safety * ((3e-3 * horizon) + 1) * (effort.Origins + 1);

    /// <summary>The cost of simulated steps.</summary>
    public static double OfPaths(double steps, int paths) => Safety * 1.5e-5 * steps * paths;

    /// <summary>The cost of learning the course of the year from a history of so many days, without the few microseconds that each of its steps takes.</summary>
    public static double OfYear(double days) => Safety * 4e-6 * Math.Pow(Math.Min(days / 7, LevelProcess.MostWeeks), 3);

    /// <summary>The cost of fitting the campaign layer, with the comparison of its amplitude models or without.</summary>
    public static double OfCampaigns(int steps, int campaigns, bool compared)
        => Safety * ((2.5e-3 * steps) + (0.6 * campaigns) + (compared ? 2.0 * campaigns : 0));
}
