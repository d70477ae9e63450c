using System.Text.Json;
using Makalu.Capacity.Forecasting.Ssa;

namespace Makalu.Capacity.Tests.Forecasting.Ssa;

/// <summary>Against recorded outputs of Microsoft.ML.TimeSeries 5.0.0 (ForecastBySsa).</summary>
[TestClass]
public sealed class SsaReferenceTests
{
    /// <summary>
    /// The recurrence of the recorded rank from the projected last window, as the recorded code forecasts. Bounds are fractions of the
    /// largest value. Unstabilised cases part only by what float32 leaves: its relative precision 6e-8, times the condition of the
    /// kept components. Where the recorded code moved the recurrence's roots (stabilised), the bound is what that moves.
    /// </summary>
    [TestMethod]
    [DataRow("02_clean_two_sines_trend_w96_rank6", 2e-5, DisplayName = "02: stabilised; roots of the noise-free line moved by the order of 1e-5")]
    [DataRow("05_noisy_daily_weekly_w96_rank10", 4e-3, DisplayName = "05: stabilised; alpha moved by 4.5e-3")]
    [DataRow("06_noisy_daily_weekly_w400_rank20", 1e-3, DisplayName = "06: stabilised; alpha moved by 4.7e-4")]
    [DataRow("08_noisy_daily_weekly_w336_rank9_raw", 3e-6, DisplayName = "08: unstabilised; float32 over 336 recursive steps")]
    [DataRow("10b_clean_sine_w48_rank3", 1e-6, DisplayName = "10b: noise-free; float32 output")]
    [DataRow("20_docs_sample_w5", 1e-6, DisplayName = "20: float32 output")]
    [DataRow("23_nab_elb_w288_exact_raw", 3e-7, DisplayName = "23: unstabilised, rank 3; float32 output")]
    public void Recurrence_OfTheRecordedRank_AgreesWithTheRecordedForecast(string name, double bound)
    {
        ReferenceCase reference = ReferenceCase.Load(name);
        SsaModel model = SsaModel.Fit(reference.Values, new SsaOptions { WindowLength = reference.WindowSize, Rank = reference.Rank, SubtractMean = false });
        double largest = reference.Values.Max(Math.Abs);
        double[] forecast = FromProjectedWindow(model, reference.Values, reference.Forecast.Length);
        SsaAssert.Close(reference.Forecast, forecast, bound * largest);
    }

    [TestMethod]
    [DataRow("08_noisy_daily_weekly_w336_rank9_raw", 5e-7)]
    [DataRow("10b_clean_sine_w48_rank3", 5e-7)]
    [DataRow("11_intermittent_zeros_w24_exact", 5e-8)]
    [DataRow("23_nab_elb_w288_exact_raw", 5e-8)]
    public void Recurrence_OfUnstabilisedCases_HasTheRecordedCoefficients(string name, double bound)
    {
        ReferenceCase reference = ReferenceCase.Load(name);
        SsaModel model = SsaModel.Fit(reference.Values, new SsaOptions { WindowLength = reference.WindowSize, Rank = reference.Rank, SubtractMean = false });
        SsaAssert.Close(reference.Alpha, model.Recurrence, bound);
    }

    /// <summary>
    /// Our own choice of window, rank and method against the recorded forecast, by RMSE over what really followed.
    /// </summary>
    [TestMethod]
    [DataRow("01_clean_two_sines_trend_w96_exact")]
    [DataRow("02_clean_two_sines_trend_w96_rank6")]
    [DataRow("03_noisy_daily_weekly_w48_exact")]
    [DataRow("04_noisy_daily_weekly_w336_exact")]
    [DataRow("05_noisy_daily_weekly_w96_rank10")]
    [DataRow("06_noisy_daily_weekly_w400_rank20")]
    [DataRow("07_noisy_daily_weekly_w96_fast")]
    [DataRow("08_noisy_daily_weekly_w336_rank9_raw")]
    [DataRow("09_trend_noise_w30_exact")]
    [DataRow("10_constant_w24")]
    [DataRow("10b_clean_sine_w48_rank3")]
    [DataRow("11_intermittent_zeros_w24_exact")]
    [DataRow("12_all_zero_w24")]
    [DataRow("13_short_n25_w12_exact")]
    [DataRow("14_nan_gaps_w48_exact")]
    [DataRow("15_nab_elb_request_count_w288_exact")]
    [DataRow("19_noisy_w48_exact_then_100_updates")]
    [DataRow("23_nab_elb_w288_exact_raw")]
    public void OwnChoice_IsNoWorseThanTheRecordedForecast(string name)
    {
        ReferenceCase reference = ReferenceCase.Load(name);
        int horizon = reference.Actual.Length;
        SsaModel model = SsaModel.Fit(reference.Values, new SsaOptions { Horizon = horizon });
        double recorded = RootMeanSquare(reference.Forecast, reference.Actual);
        double own = RootMeanSquare(model.Forecast(horizon), reference.Actual);
        Console.WriteLine(FormattableString.Invariant($"| {name} | {recorded:G4} | {own:G4} | {model.WindowLength} | {model.Rank} | {model.Method} |"));
        Assert.IsLessThanOrEqualTo(recorded + 1e-12, own);
    }

    private static double[] FromProjectedWindow(SsaModel model, double[] values, int horizon)
    {
        int window = model.WindowLength;
        double[] projected = new double[window];
        for (int i = 0; i < model.Rank; i++)
        {
            ReadOnlySpan<double> u = model.Decomposition.Vector(i);
            double along = System.Numerics.Tensors.TensorPrimitives.Dot(u, values.AsSpan()[^window..]);
            System.Numerics.Tensors.TensorPrimitives.MultiplyAdd(u, along, projected, projected);
        }

        List<double> all = [.. projected.AsSpan(1)];
        for (int h = 0; h < horizon; h++)
        {
            double next = 0;
            for (int j = 0; j < window - 1; j++)
            {
                next += model.Recurrence[j] * all[all.Count - window + 1 + j];
            }

            all.Add(next);
        }

        return [.. all.TakeLast(horizon)];
    }

    private static double RootMeanSquare(double[] forecast, double[] actual)
        => Math.Sqrt(forecast.Zip(actual, (f, a) => (f - a) * (f - a)).Average());

    private sealed record ReferenceCase(double[] Values, double[] Forecast, double[] Actual, double[] Alpha, int WindowSize, int Rank)
    {
        public static ReferenceCase Load(string name)
        {
            for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            {
                string path = Path.Combine(folder.FullName, "shared", "reference", "ssa-mlnet", name + ".json");
                if (File.Exists(path))
                {
                    using JsonDocument document = JsonDocument.Parse(File.ReadAllText(path));
                    JsonElement root = document.RootElement;
                    JsonElement model = root.GetProperty("model");
                    return new ReferenceCase(
                        [.. Read(root, "values"), .. Read(root, "updates")],
                        Read(root, "forecast"),
                        Read(root, "actual"),
                        Read(model, "alpha"),
                        root.GetProperty("parameters").GetProperty("windowSize").GetInt32(),
                        model.GetProperty("rank").GetInt32());
                }
            }

            Assert.Inconclusive($"../shared is not there: reference/ssa-mlnet/{name}.json");
            throw new InvalidOperationException();
        }

        private static double[] Read(JsonElement parent, string name)
            => parent.TryGetProperty(name, out JsonElement values) && values.ValueKind == JsonValueKind.Array
                ? [.. values.EnumerateArray().Select(v => v.ValueKind == JsonValueKind.Null ? double.NaN : v.GetDouble())]
                : [];
    }
}
