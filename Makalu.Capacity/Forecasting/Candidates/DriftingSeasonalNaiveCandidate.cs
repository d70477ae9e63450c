namespace Makalu.Capacity.Forecasting.Candidates;

/// <summary>
/// The last season repeated, plus a part of the recent seasonal difference for each season ahead. The season may differ by
/// two steps from the nominal one where a series clearly repeats at that distance.
/// </summary>
internal sealed class DriftingSeasonalNaiveCandidate : Candidate
{
    private const double DriftShare = 0.8;
    private const double ClearlyBetter = 0.6;
    private const int Detours = 2;

    /// <summary>Drift is believed for so many seasons ahead and is halved with each further one, so that growth is not carried on for ever.</summary>
    private const int UndampedSeasons = 2;

    public override string Name => "seasonal naive with drift";

    public override bool OnOriginalScale => true;

    public override int MinimumHistory(SeasonLengths seasons) => seasons.Short < 4 ? int.MaxValue : (6 * seasons.Short) + 6;

    public override double[] Forecast(in CandidateInput input)
    {
        ReadOnlySpan<double> y = input.Observed;
        int nominal = input.Seasons.Short;
        int season = LocalSeason(y, nominal);
        double drift = DriftShare * MeanDifference(y, season, 2 * nominal);
        var forecast = new double[input.Horizon];
        double total = 0;
        double increment = drift;
        for (int h = 0; h < forecast.Length; h++)
        {
            if (h % season == 0)
            {
                if (h / season >= UndampedSeasons)
                {
                    increment /= 2;
                }

                total += increment;
            }

            forecast[h] = y[y.Length - season + (h % season)] + total;
        }

        return forecast;
    }

    private static int LocalSeason(ReadOnlySpan<double> y, int nominal)
    {
        double nominalError = MeanAbsoluteDifference(y, nominal, 4 * nominal);
        int best = nominal;
        double bestError = nominalError;
        for (int season = nominal - Detours; season <= nominal + Detours; season++)
        {
            double error = MeanAbsoluteDifference(y, season, 4 * nominal);
            if (error < bestError)
            {
                bestError = error;
                best = season;
            }
        }

        return bestError < ClearlyBetter * nominalError ? best : nominal;
    }

    private static double MeanDifference(ReadOnlySpan<double> y, int lag, int count)
    {
        double sum = 0;
        for (int i = y.Length - count; i < y.Length; i++)
        {
            sum += y[i] - y[i - lag];
        }

        return sum / count;
    }

    private static double MeanAbsoluteDifference(ReadOnlySpan<double> y, int lag, int count)
    {
        double sum = 0;
        for (int i = y.Length - count; i < y.Length; i++)
        {
            sum += Math.Abs(y[i] - y[i - lag]);
        }

        return sum / count;
    }
}
