using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Forecasting.Ssa;
using Makalu.Capacity.Numerics;
using MathNet.Numerics.LinearAlgebra;

namespace Makalu.Capacity.Tests.Forecasting.Ssa;

[TestClass]
public sealed class RidgeSsaTests
{
    [TestMethod]
    [DataRow(24, 48, 0.05, 24)]
    [DataRow(97, 48, 1e-4, 24)]
    [DataRow(168, 13, 0.2, 168)]
    [DataRow(2, 1, 1.0, 1)]
    public void Forecast_AgreesWithTheDefinition(int window, int horizon, double ridge, int centring)
    {
        double[] series = Seasonal(500, 3);
        double[] expected = Definition(series, window, horizon, ridge, centring);
        double[] actual = RidgeSsa.Forecast(series, Options(window, horizon, ridge, centring));
        SsaAssert.Close(expected, actual, 1e-9);
    }

    [TestMethod]
    public void Forecast_FromNestedOrigins_EqualsForecastFromEachAlone()
    {
        double[] series = Seasonal(700, 5);
        int[] origins = [500, 524, 601, 700];
        double[][] together = RidgeSsa.Forecast(series, origins, Options(96, 48, 1e-4, 24));
        for (int o = 0; o < origins.Length; o++)
        {
            SsaAssert.Close(RidgeSsa.Forecast(series.AsSpan(0, origins[o]), Options(96, 48, 1e-4, 24)), together[o], 1e-9);
        }
    }

    [TestMethod]
    [DataRow(new[] { 300 })]
    [DataRow(new[] { 120, 121, 122, 400 })]
    [DataRow(new[] { 0, 350, 599, 590, 580 })]
    public void Forecast_WithMissingValues_AgreesWithTheDefinitionOnCompleteWindows(int[] missing)
    {
        double[] series = Seasonal(600, 7);
        foreach (int index in missing)
        {
            series[index] = double.NaN;
        }

        double[] expected = Definition(series, 48, 24, 0.01, 24);
        SsaAssert.Close(expected, RidgeSsa.Forecast(series, Options(48, 24, 0.01, 24)), 1e-9);
    }

    [TestMethod]
    [DataRow(48, 24, 1.0, 48, new int[0])]
    [DataRow(30, 50, 10.0, 7, new[] { 120, 121, 400 })]
    [DataRow(48, 24, 0.01, 24, new[] { 0, 350, 599, 590, 580 })]
    public void Forecast_WithAnIntercept_AgreesWithTheDefinition(int window, int horizon, double ridge, int centring, int[] missing)
    {
        double[] series = [.. Seasonal(600, 9).Select((v, t) => v + (0.05 * t))];
        foreach (int index in missing)
        {
            series[index] = double.NaN;
        }

        RidgeSsaOptions options = Options(window, horizon, ridge, centring) with { Intercept = true };
        SsaAssert.Close(Definition(series, window, horizon, ridge, centring, intercept: true), RidgeSsa.Forecast(series, options), 1e-9);
    }

    [TestMethod]
    public void Forecast_WithAnIntercept_ContinuesALineWhateverTheRidge()
    {
        double[] series = SsaSeries.From(100, t => 7 + (0.3 * t));
        foreach (double ridge in new[] { 1e-6, 1, 1e6 })
        {
            SsaAssert.Close(SsaSeries.From(40, h => 7 + (0.3 * (100 + h))), RidgeSsa.Forecast(series, Options(20, 40, ridge, 20) with { Intercept = true }), 1e-9);
        }
    }

    [TestMethod]
    public void Forecast_WithMissingValuesAndNestedOrigins_EqualsForecastFromEachAlone()
    {
        double[] series = Seasonal(600, 7);
        series[200] = series[201] = series[555] = series[430] = double.NaN;
        int[] origins = [431, 560, 600];
        double[][] together = RidgeSsa.Forecast(series, origins, Options(48, 24, 0.01, 24));
        for (int o = 0; o < origins.Length; o++)
        {
            SsaAssert.Close(RidgeSsa.Forecast(series.AsSpan(0, origins[o]), Options(48, 24, 0.01, 24)), together[o], 1e-9);
        }
    }

    [TestMethod]
    public void Forecast_IsEquivariantToShiftAndScale()
    {
        double[] series = Seasonal(400, 11);
        double[] expected = RidgeSsa.Forecast(series, Options(72, 48, 1e-3, 24));
        double[] moved = Array.ConvertAll(series, v => (v * -250) + 1e5);
        SsaAssert.Close(Array.ConvertAll(expected, v => (v * -250) + 1e5), RidgeSsa.Forecast(moved, Options(72, 48, 1e-3, 24)), 1e-4);
    }

    [TestMethod]
    [DataRow(5.1)]
    [DataRow(0.0)]
    [DataRow(-1e9)]
    public void Forecast_OfAConstant_IsTheConstant(double value)
    {
        double[] series = new double[100];
        Array.Fill(series, value);
        foreach (double forecast in RidgeSsa.Forecast(series, Options(24, 12, 1e-3, 24)))
        {
            Assert.AreEqual(value, forecast, 1e-12 * Math.Abs(value));
        }
    }

    [TestMethod]
    public void Forecast_OfALargeOffset_KeepsAUnitSineToAMillionth()
    {
        double[] series = SsaSeries.From(1000, t => 1e5 + Math.Sin(2 * Math.PI * t / 24));
        double[] forecast = RidgeSsa.Forecast(series, Options(48, 48, 1e-9, 24));
        SsaAssert.Close(SsaSeries.From(48, t => 1e5 + Math.Sin(2 * Math.PI * (t + 1000) / 24)), forecast, 1e-6);
    }

    [TestMethod]
    public void Forecast_WhenTooShort_StatesValueRuleAndRemedy()
    {
        ForecastException thrown = Assert.ThrowsExactly<ForecastException>(() => RidgeSsa.Forecast(new double[100], Options(168, 48, 0.1, 24)));
        Assert.AreEqual("WindowLength 168 with Horizon 48 needs at least 216 observations; got 100. Lower WindowLength or supply 116 more.", thrown.Message);
    }

    [TestMethod]
    public void Forecast_WhenNoWindowIsComplete_SaysSo()
    {
        double[] series = SsaSeries.From(200, t => t % 10 == 0 ? double.NaN : t);
        ForecastException thrown = Assert.ThrowsExactly<ForecastException>(() => RidgeSsa.Forecast(series, Options(12, 12, 0.1, 12)));
        StringAssert.Contains(thrown.Message, "Fill the gaps", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Validate_StatesAllFaultsTogether()
    {
        ArgumentException thrown = Assert.ThrowsExactly<ArgumentException>(() => Options(1, 0, 0, 2).Validate());
        foreach (string name in new[] { "WindowLength 1", "Horizon 0", "Ridge 0", "CentringLength 2" })
        {
            StringAssert.Contains(thrown.Message, name, StringComparison.Ordinal);
        }
    }

    [TestMethod]
    public void CompleteWindows_CountsWindowsWithoutMissingValues()
        => Assert.AreEqual(2, RidgeSsa.CompleteWindows([1, 2, 3, double.NaN, 5, 6, 7], 3));

    private static RidgeSsaOptions Options(int window, int horizon, double ridge, int centring)
        => new() { WindowLength = window, Horizon = horizon, Ridge = ridge, CentringLength = centring };

    private static double[] Seasonal(int count, int seed)
    {
        var random = new RandomStream(seed);
        return SsaSeries.From(count, t => 10 + Math.Sin(2 * Math.PI * t / 24) + (0.002 * t) + (0.2 * random.NextNormal()));
    }

    /// <summary>The forecast from the windows themselves: each centred on its own, their covariance summed, the equations solved by MathNet.</summary>
    private static double[] Definition(double[] series, int past, int horizon, double ridge, int centring, bool intercept = false)
    {
        int width = past + horizon;
        Matrix<double> covariance = Matrix<double>.Build.Dense(width, width);
        double[] recent = series[^past..];
        int[] known = [.. Enumerable.Range(0, past).Where(i => !double.IsNaN(recent[i]))];
        int[] centringPositions = [.. known.TakeLast(centring)];
        List<Vector<double>> windows = [];
        for (int start = 0; start + width <= series.Length; start++)
        {
            double[] window = series[start..(start + width)];
            if (!window.Any(double.IsNaN))
            {
                double level = centringPositions.Average(i => window[i]);
                windows.Add(Vector<double>.Build.Dense(width, i => window[i] - level));
            }
        }

        Vector<double> course = Vector<double>.Build.Dense(width, i => intercept ? windows.Average(w => w[i]) : 0);
        foreach (Vector<double> window in windows)
        {
            covariance += (window - course).OuterProduct(window - course);
        }

        double recentLevel = centringPositions.Average(i => recent[i]);
        Matrix<double> pastPast = Matrix<double>.Build.Dense(known.Length, known.Length, (i, j) => covariance[known[i], known[j]]);
        double lambda = ridge * pastPast.Trace() / known.Length;
        Vector<double> solution = (pastPast + (lambda * Matrix<double>.Build.DenseIdentity(known.Length))).Solve(Vector<double>.Build.Dense(known.Length, i => recent[known[i]] - recentLevel - course[known[i]]));
        Matrix<double> futurePast = Matrix<double>.Build.Dense(horizon, known.Length, (i, j) => covariance[past + i, known[j]]);
        return [.. (futurePast * solution).Select((v, h) => v + recentLevel + course[past + h])];
    }
}
