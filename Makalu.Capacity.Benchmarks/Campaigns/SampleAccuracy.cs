using System.Globalization;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Peaks;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Benchmarks.Campaigns;

/// <summary>The launch of the sample shop: what was forecast against what came.</summary>
internal static class SampleAccuracy
{
    public static void Run(string folder, TextWriter output, IForecaster forecaster)
    {
        TimeSeries history = CampaignData.Rates(Path.Combine(folder, "requests.csv.gz"));
        TimeSeries actual = CampaignData.Rates(Directory.GetFiles(Path.Combine(folder, "actual")).Single());
        CampaignCalendar calendar = CampaignData.Calendar(Path.Combine(folder, "calendar.csv"));
        long started = TimeProvider.System.GetTimestamp();
        IForecastModel model = forecaster.Fit(history, calendar);
        Forecast forecast = model.Predict(new PredictionOptions { Horizon = 7 * 1440 });
        TimeSpan taken = TimeProvider.System.GetElapsedTime(started);
        PeakForecast peak = PeakFinder.Find(forecast, PeakFinder.WindowOf(calendar.Campaigns[^1], forecast.Step));
        double truth = actual.Values.ToArray().Where(double.IsFinite).Max();
        CampaignEffect effect = forecast.CampaignEffects.Single(e => e.Campaign == calendar.Campaigns[^1]);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{folder}, {forecast.Model}: actual {truth:F0}, 50 % {peak.Quantile(0.5) / truth:F2}, 90 % {peak.Quantile(0.9) / truth:F2}, 95 % {peak.Quantile(0.95) / truth:F2}, 99 % {peak.Quantile(0.99) / truth:F2}; factor {effect.PeakFactorLow:F1} {effect.PeakFactorMedian:F1} {effect.PeakFactorHigh:F1}; at {peak.At:HH:mm}; {taken.TotalSeconds:F1} s"));
        foreach (CampaignUplift uplift in (model as ICampaignForecastModel)?.Uplifts ?? [])
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {uplift.Campaigns[0].Name}: factor {uplift.Factor:F2} ({uplift.FactorLow:F2} to {uplift.FactorHigh:F2}), {uplift.ExtraRequests:F0} requests ({uplift.ExtraRequestsLow:F0} to {uplift.ExtraRequestsHigh:F0}), peak {uplift.PeakRequestsPerSecond:F0} on {uplift.BaselineAtPeak:F0} at {uplift.PeakAt:u}, lag {uplift.LagOfPeak}, {uplift.Duration}, {uplift.Observed:F2}"));
    }
}
