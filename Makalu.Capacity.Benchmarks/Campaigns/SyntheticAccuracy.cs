using System.Globalization;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Peaks;
using Makalu.Capacity.Tests.Campaigns;

namespace Makalu.Capacity.Benchmarks.Campaigns;

/// <summary>The campaign model on campaigns whose truth is known: bias and coverage by the number of past campaigns.</summary>
internal static class SyntheticAccuracy
{
    public static void Run(TextWriter output, int seeds, int[] pastCampaigns)
    {
        foreach ((double scatter, double drift) in (ReadOnlySpan<(double, double)>)[(0.2, 0), (0.1, 0), (0.4, 0), (0.2, 0.1)])
        {
            foreach (int past in pastCampaigns)
                Run(output, seeds, past, scatter, drift);
        }
    }

    private static void Run(TextWriter output, int seeds, int past, double scatter, double drift)
    {
        List<double> errors = [], widths = [];
        int covered = 0, covered99 = 0, recovered = 0, uplifts = 0;
        double upliftBias = 0, upliftWidth = 0, upliftError = 0;
        for (int seed = 0; seed < seeds; seed++)
        {
            var truth = new SyntheticCampaigns(seed, past, scatter, drift);
            var model = (ICampaignForecastModel)new CampaignForecaster().Fit(truth.Traffic.Before(truth.Origin), truth.Calendar);
            Forecast forecast = model.Predict(new PredictionOptions { Horizon = 3 * 96, Paths = 1000, Seed = seed });
            foreach (CampaignUplift uplift in model.Uplifts.Where(u => u.Campaigns.Count == 1))
            {
                double factor = Math.Exp(truth.AmplitudeOf(uplift.Campaigns[0]));
                recovered += factor >= uplift.FactorLow && factor <= uplift.FactorHigh ? 1 : 0;
                upliftBias += Math.Log(uplift.Factor / factor);
                upliftWidth += Math.Log(uplift.FactorHigh / uplift.FactorLow);
                upliftError += Math.Pow(Math.Log(uplift.Factor / factor), 2);
                uplifts++;
            }

            PeakWindow window = PeakFinder.WindowOf(truth.Planned, forecast.Step);
            PeakForecast peak = PeakFinder.Find(forecast, window);
            double actual = 0;
            for (int i = 0; i < truth.Traffic.Count; i++)
            {
                if (truth.Traffic.TimeAt(i) >= window.StartsAt && truth.Traffic.TimeAt(i) < window.EndsAt)
                    actual = Math.Max(actual, truth.Traffic[i]);
            }

            errors.Add(Math.Log(peak.Quantile(0.5) / actual));
            covered += actual >= peak.Quantile(0.05) && actual <= peak.Quantile(0.95) ? 1 : 0;
            covered99 += actual <= peak.Quantile(0.99) ? 1 : 0;
            widths.Add(Math.Log(peak.Quantile(0.95) / peak.Quantile(0.5)));
        }

        double n = errors.Count;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {scatter:F1} | {drift:F1} | {past} | {errors.Average():F3} | {errors.Average(Math.Abs):F3} | {covered / n:F3} | {covered99 / n:F3} | {Math.Exp(widths.Average()):F2} | {(double)recovered / uplifts:F3} | {upliftBias / uplifts:F3} | {Math.Sqrt(upliftError / uplifts):F3} | {upliftWidth / uplifts / 3.29:F3} |"));
    }
}
