using System.Diagnostics;
using System.Globalization;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Benchmarks.Campaigns;

/// <summary>
/// Every amplitude model beside ML.NET's GAM: on known laws (error and score of campaigns to come), and on the World Cup's matches and the page views' events, each told from those
/// before it alone. The spread of the regressions is that of their own past errors.
/// </summary>
internal static class AmplitudeRegressions
{
    private const int Coming = 40;
    private const int FewestBefore = 12;

    private static readonly IAmplitudeRegression[] _regressions = [.. AmplitudeComparison.Challengers, new GamAmplitudes()];

    public static void Run(TextWriter output, int seeds, string? data)
    {
        foreach ((string name, Func<AmplitudeFeatures, double> law) in AmplitudeModelAccuracy.Laws)
        {
            foreach (int past in (ReadOnlySpan<int>)[40, 80, 160])
                Run(output, seeds, name, law, past);
        }

        if (data is null)
            return;
        TimeSeries worldCup = CampaignData.Rates(Path.Combine(data, "worldcup98", "requests-1m.csv.gz"), TimeSpan.FromMinutes(5)).Before(new DateTimeOffset(1998, 6, 26, 0, 0, 0, TimeSpan.Zero));
        CampaignResponse response = ((CampaignForecastModel)new CampaignForecaster().Fit(worldCup, CampaignData.Calendar(Path.Combine(data, "worldcup98", "calendar.csv")))).Response;
        Judge(output, "World Cup, group stage", AmplitudePrior.Default, response.FeaturesOfPast, response.Amplitudes.ToArray());
        var daily = DailyCampaignFit.Fit(CampaignData.Rates(Path.Combine(data, "pageviews", "requests-1d.csv.gz")), CampaignData.Calendar(Path.Combine(data, "pageviews", "calendar.csv")), CancellationToken.None);
        Judge(output, "page views", AmplitudePrior.Daily, Array.ConvertAll(daily.Past, daily.Space.Of), daily.Amplitudes.ToArray());
    }

    private static void Run(TextWriter output, int seeds, string name, Func<AmplitudeFeatures, double> law, int past)
    {
        var errors = new double[_regressions.Length + 1];
        var losses = new double[errors.Length];
        var times = new double[errors.Length];
        for (int seed = 0; seed < seeds; seed++)
        {
            var random = new RandomStream(seed, 31);
            AmplitudeFeatures[] all = AmplitudeModelAccuracy.Draw(random, past + Coming);
            double[] amplitudes = Array.ConvertAll(all, f => law(f) + (0.2 * random.NextNormal()));
            TimeSpan started = Process.GetCurrentProcess().TotalProcessorTime;
            var shrinkage = AmplitudeModel.Fit(AmplitudePrior.Default, all.AsSpan(0, past), amplitudes.AsSpan(0, past));
            for (int m = 0; m < errors.Length; m++)
            {
                IAmplitudeModel model = m == 0 ? shrinkage : RegressionAmplitudeModel.Fit(_regressions[m - 1], AmplitudePrior.Default, shrinkage, all.AsSpan(0, past), amplitudes.AsSpan(0, past), 1);
                TimeSpan now = Process.GetCurrentProcess().TotalProcessorTime;
                times[m] += (now - started).TotalMilliseconds / seeds;
                started = now;
                for (int i = past; i < all.Length; i++)
                {
                    AmplitudeDistribution told = model.Predict(all[i]);
                    errors[m] += Math.Abs(told.Mean - amplitudes[i]) / (seeds * Coming);
                    losses[m] += AmplitudeComparison.Loss(told.Mean, Math.Sqrt(told.Variance), amplitudes[i]) / (seeds * Coming);
                }
            }
        }

        Write(output, FormattableString.Invariant($"{name} | {past}"), errors, losses, times);
    }

    private static void Judge(TextWriter output, string name, AmplitudePrior prior, AmplitudeFeatures[] past, double[] amplitudes)
    {
        var errors = new double[_regressions.Length + 1];
        var losses = new double[errors.Length];
        var times = new double[errors.Length];
        double[] squares = [.. Enumerable.Repeat(4.0, errors.Length)], degrees = [.. Enumerable.Repeat(4.0, errors.Length)];
        int judged = past.Length - FewestBefore;
        for (int k = FewestBefore; k < past.Length; k++)
        {
            TimeSpan started = Process.GetCurrentProcess().TotalProcessorTime;
            var shrinkage = AmplitudeModel.Fit(prior, past.AsSpan(0, k), amplitudes.AsSpan(0, k));
            double variance = shrinkage.Predict(past[k]).Variance;
            for (int m = 0; m < errors.Length; m++)
            {
                IAmplitudeModel model = m == 0 ? shrinkage : RegressionAmplitudeModel.Fit(_regressions[m - 1], prior, shrinkage, past.AsSpan(0, k), amplitudes.AsSpan(0, k), Math.Sqrt(squares[m] / degrees[m]));
                TimeSpan now = Process.GetCurrentProcess().TotalProcessorTime;
                times[m] += (now - started).TotalMilliseconds / judged;
                started = now;
                AmplitudeDistribution told = model.Predict(past[k]);
                double error = told.Mean - amplitudes[k];
                errors[m] += Math.Abs(error) / judged;
                losses[m] += AmplitudeComparison.Loss(told.Mean, Math.Sqrt(told.Variance), amplitudes[k]) / judged;
                squares[m] += error * error / variance;
                degrees[m]++;
            }
        }

        Write(output, FormattableString.Invariant($"{name} | {past.Length}"), errors, losses, times);
    }

    private static void Write(TextWriter output, string row, double[] errors, double[] losses, double[] times)
        => output.WriteLine($"| {row} | {string.Join(" | ", errors.Select((e, m) => string.Create(CultureInfo.InvariantCulture, $"{e:F3} | {losses[m]:F3} | {times[m]:F0}")))} |");
}
