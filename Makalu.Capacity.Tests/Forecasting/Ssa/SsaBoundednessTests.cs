using CsCheck;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Forecasting.Ssa;
using Makalu.Capacity.Numerics;
using MathNet.Numerics.LinearAlgebra;

namespace Makalu.Capacity.Tests.Forecasting.Ssa;

[TestClass]
public sealed class SsaBoundednessTests
{
    private static readonly Gen<(int Seed, int Kind, int Count, double Window, double Rank, bool Vector)> s_cases =
        Gen.Select(Gen.Int[0, 1_000_000], Gen.Int[0, 6], Gen.Int[8, 160], Gen.Double[0, 1], Gen.Double[0, 1], Gen.Bool);

    [TestMethod]
    public void Forecast_OfRandomSeriesWindowsAndRanks_NeverLeavesItsBounds()
        => s_cases.Sample(
            c =>
            {
                double[] series = Make(c.Seed, c.Kind, c.Count);
                int window = 2 + (int)(c.Window * (c.Count - 3));
                int rank = 1 + (int)(c.Rank * (Math.Min(window, c.Count - window + 1) - 1));
                AssertBounded(series, window, rank, c.Vector ? SsaForecastMethod.Vector : SsaForecastMethod.Recurrent, 3 * c.Count);
            },
            iter: 4000);

    [TestMethod]
    public void Forecast_WithWindowEqualToThePeriod_NeverLeavesItsBounds()
        => Gen.Select(Gen.Int[0, 1_000_000], Gen.Int[4, 60], Gen.Int[1, 20], Gen.Bool).Sample(
            (seed, period, rank, vector) =>
            {
                var random = new RandomStream(seed);
                double[] shape = SsaSeries.From(period, _ => random.NextNormal());
                double[] series = SsaSeries.From((4 * period) + (seed % period), t => 100 + (10 * shape[t % period]) + random.NextNormal());
                AssertBounded(series, period, Math.Min(rank, period), vector ? SsaForecastMethod.Vector : SsaForecastMethod.Recurrent, 10 * period);
            },
            iter: 1500);

    [TestMethod]
    [DataRow(10)]
    [DataRow(30)]
    [DataRow(60)]
    public void Forecast_OfHalfHourlyWeeks_NeverLeavesItsBounds(int rank)
    {
        var random = new RandomStream(rank);
        double[] series = SsaSeries.From(10_000, t => Math.Max(0, 1000 + (400 * Math.Sin(2 * Math.PI * t / 48)) + (150 * Math.Cos(2 * Math.PI * t / 336)) + (80 * random.NextNormal()) + (t % 977 == 0 ? 5000 : 0)));
        foreach (SsaForecastMethod method in Enum.GetValues<SsaForecastMethod>())
        {
            SsaModel model = AssertBounded(series, 672, rank, method, 2000);
            double[] forecast = model.Forecast(336);
            double error = Math.Sqrt(Enumerable.Range(0, 336).Average(h => Math.Pow(forecast[h] - 1000 - (400 * Math.Sin(2 * Math.PI * (10_000 + h) / 48)) - (150 * Math.Cos(2 * Math.PI * (10_000 + h) / 336)), 2)));
            Assert.IsLessThan(179.0, error, "one standard deviation of noise and spikes");
        }
    }

    [TestMethod]
    public void Components_AgreeWithTheSingularVectorsOfTheTrajectoryMatrix()
        => Gen.Select(Gen.Int[0, 1_000_000], Gen.Int[30, 140], Gen.Int[5, 60]).Sample(
            (seed, count, window) =>
            {
                window = Math.Min(window, count / 2);
                double[] series = Make(seed, 0, count);
                var trajectory = Matrix<double>.Build.Dense(window, count - window + 1, (i, k) => series[i + k]);
                var svd = trajectory.Svd();
                SsaDecomposition decomposition = SsaDecomposition.Decompose(series, window, 5, subtractMean: false);
                double largest = svd.S[0] * svd.S[0];
                for (int i = 0; i < 5; i++)
                {
                    Assert.AreEqual(svd.S[i] * svd.S[i], decomposition.Eigenvalues[i], 1e-9 * largest);
                }

                // The span of the leading three, which does not depend on signs or on the order within pairs.
                if (svd.S[2] > 1.05 * svd.S[3])
                {
                    Matrix<double> expected = svd.U.SubMatrix(0, window, 0, 3) * svd.U.SubMatrix(0, window, 0, 3).Transpose();
                    for (int i = 0; i < window; i++)
                    {
                        for (int j = 0; j < window; j++)
                        {
                            double actual = Enumerable.Range(0, 3).Sum(c => decomposition.Vector(c)[i] * decomposition.Vector(c)[j]);
                            Assert.AreEqual(expected[i, j], actual, 1e-9);
                        }
                    }
                }
            },
            iter: 60);

    [TestMethod]
    public void Forecast_AgreesWithTheNaiveForm()
        => Gen.Select(Gen.Int[0, 1_000_000], Gen.Int[60, 200]).Sample(
            (seed, count) =>
            {
                double[] series = Make(seed, 0, count);
                int window = count / 3;
                double[] expected = Naive(series, window, 4, 20);
                SsaModel model = SsaModel.Fit(series, new SsaOptions { WindowLength = window, Rank = 4, SubtractMean = false });
                if (model.Method == SsaForecastMethod.Recurrent)
                {
                    SsaAssert.Close(expected, model.Forecast(20), 1e-9 * 100);
                }
            },
            iter: 60);

    private static SsaModel AssertBounded(double[] series, int window, int rank, SsaForecastMethod method, int horizon)
    {
        SsaModel model;
        try
        {
            model = SsaModel.Fit(series, new SsaOptions { WindowLength = window, Rank = rank, Method = method });
        }
        catch (ForecastException rejected)
        {
            StringAssert.Contains(rejected.Message, "verticality", StringComparison.Ordinal);
            return null!;
        }

        // One width beyond the range; a thousand where nothing but rounding is left over.
        double width = series.Max() - series.Min();
        double residual = model.NoiseVariance;
        double reach = residual > 1e-9 * width * width ? 1.0001 * width : 1001 * width;
        foreach (double value in model.Forecast(horizon))
        {
            Assert.IsTrue(value >= series.Min() - reach - 1e-9 && value <= series.Max() + reach + 1e-9, FormattableString.Invariant($"{value} from window {window}, rank {rank}, {method}: {model.Stability}"));
        }

        return model;
    }

    private static double[] Make(int seed, int kind, int count)
    {
        var random = new RandomStream(seed);
        double level = 0;
        double period = 3 + (20 * random.NextDouble());
        return kind switch
        {
            0 => SsaSeries.From(count, t => 20 + (5 * Math.Sin(2 * Math.PI * t / period)) + random.NextNormal()),
            1 => SsaSeries.From(count, _ => level += random.NextNormal()),
            2 => SsaSeries.From(count, _ => random.NextDouble() < 0.1 ? random.NextExponential() * 100 : 0),
            3 => SsaSeries.From(count, t => Math.Exp(0.05 * t) * (1 + (0.1 * random.NextNormal()))),
            4 => SsaSeries.From(count, t => t % (int)period == 0 ? 1 : 0),
            5 => SsaSeries.From(count, t => Math.Exp(0.03 * t) * Math.Sin(t)),
            _ => SsaSeries.From(count, _ => random.NextStudentT(1.5)),
        };
    }

    /// <summary>Textbook SSA with MathNet: trajectory matrix, singular value decomposition, diagonal averaging, recurrence.</summary>
    private static double[] Naive(double[] series, int window, int rank, int horizon)
    {
        int windows = series.Length - window + 1;
        var trajectory = Matrix<double>.Build.Dense(window, windows, (i, k) => series[i + k]);
        Matrix<double> u = trajectory.Svd().U.SubMatrix(0, window, 0, rank);
        Matrix<double> projected = u * (u.Transpose() * trajectory);
        List<double> values = [];
        for (int t = 0; t < series.Length; t++)
        {
            int from = Math.Max(0, t - windows + 1), to = Math.Min(window - 1, t);
            values.Add(Enumerable.Range(from, to - from + 1).Average(i => projected[i, t - i]));
        }

        Vector<double> last = u.Row(window - 1);
        Vector<double> coefficients = u.SubMatrix(0, window - 1, 0, rank) * last / (1 - last.DotProduct(last));
        for (int h = 0; h < horizon; h++)
        {
            values.Add(Enumerable.Range(0, window - 1).Sum(j => coefficients[j] * values[values.Count - window + 1 + j]));
        }

        return [.. values.TakeLast(horizon)];
    }
}
