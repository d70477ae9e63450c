using Makalu.Capacity.Numerics;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Tests.Sizing;

[TestClass]
public sealed class ScalabilityLawTests
{
    private static readonly double[] Concurrencies = [1, 2, 4, 8, 16, 24, 32, 48];

    [TestMethod]
    [DataRow(995.0, 0.0267, 0.000769)]
    [DataRow(100.0, 0.2, 0.0)]
    [DataRow(40.0, 0.0, 0.001)]
    [DataRow(1000.0, 0.0, 0.0)]
    public void Fit_ToTheLawItself_FindsItsCoefficients(double one, double contention, double coherency)
    {
        var truth = new ScalabilityLaw { ThroughputOfOne = one, Contention = contention, Coherency = coherency };
        ScalabilityLaw law = ScalabilityLaw.Fit([.. Concurrencies.Select(n => new ScalabilityMeasurement(n, truth.Throughput(n)))]);

        Assert.AreEqual(one, law.ThroughputOfOne, 1e-8 * one);
        Assert.AreEqual(contention, law.Contention, 1e-9);
        Assert.AreEqual(coherency, law.Coherency, 1e-10);
        Assert.AreEqual(1, law.Determination!.Value, 1e-9);
        Assert.AreEqual(Concurrencies.Length, law.Measurements);
    }

    /// <summary>N. J. Gunther, "Guerrilla Capacity Planning" 2007: the peak lies at √((1 − σ)/κ), where no neighbour does more.</summary>
    [TestMethod]
    public void PeakConcurrency_IsWhereThroughputIsHighest()
    {
        var law = new ScalabilityLaw { Contention = 0.0267, Coherency = 0.000769 };
        double peak = law.PeakConcurrency!.Value;
        Assert.AreEqual(35.58, peak, 0.01);
        Assert.IsTrue(law.Speedup(peak) > law.Speedup(peak - 0.5) && law.Speedup(peak) > law.Speedup(peak + 0.5));
        Assert.IsNull(new ScalabilityLaw { Contention = 0.1, Coherency = 0 }.PeakConcurrency);
    }

    [TestMethod]
    public void Fit_ToNoisyMeasurements_FindsThePeakWithin15Percent()
    {
        var random = new RandomStream(3);
        var truth = new ScalabilityLaw { ThroughputOfOne = 800, Contention = 0.03, Coherency = 0.001 };
        ScalabilityLaw law = ScalabilityLaw.Fit([.. Concurrencies.Select(n => new ScalabilityMeasurement(n, truth.Throughput(n) * (1 + (0.03 * random.NextNormal()))))]);
        Assert.AreEqual(truth.PeakConcurrency!.Value, law.PeakConcurrency!.Value, 0.15 * truth.PeakConcurrency.Value);
        Assert.IsTrue(law.Determination > 0.97);
    }

    [TestMethod]
    public void Fit_WhenThroughputGrowsFasterThanTheConcurrency_HasNoNegativeCoefficient()
    {
        ScalabilityLaw law = ScalabilityLaw.Fit([new(1, 100), new(2, 220), new(4, 460), new(8, 900)]);
        Assert.IsTrue(law.Contention >= 0 && law.Coherency >= 0 && law.ThroughputOfOne > 0);
    }

    [TestMethod]
    public void Fit_OfTooLittleOrOfNothing_Throws()
    {
        Assert.ThrowsExactly<ArgumentException>(() => ScalabilityLaw.Fit([new(1, 100), new(2, 190), new(4, 350)]));
        Assert.ThrowsExactly<ArgumentException>(() => ScalabilityLaw.Fit([new(1, 100), new(1, 101), new(2, 190), new(2, 191)]));
        Assert.ThrowsExactly<ArgumentException>(() => ScalabilityLaw.Fit([new(1, 100), new(2, 0), new(4, 350), new(8, 400)]));
        Assert.ThrowsExactly<ArgumentException>(() => ScalabilityLaw.Fit([new(1, 100), new(2, double.NaN), new(4, 350), new(8, 400)]));
    }

    [TestMethod]
    public void ProcessorScaling_OfALargerServer_DoesTheSameAtProportionalConcurrency()
    {
        var law = new ScalabilityLaw { Contention = 0.02, Coherency = 0.0005 };
        var measured = new ProcessorScaling(16, law, 16);
        var twice = new ProcessorScaling(32, law, 16);
        foreach (int k in (int[])[4, 16, 40, 100])
        {
            Assert.AreEqual(2 * measured.At(k), twice.At(2 * k), 1e-9);
        }

        Assert.AreEqual(1, measured.At(1), 1e-12);
    }

    [TestMethod]
    public void Plan_WithMeasuredScalability_PutsTheKneeWhereItIs_AndAssumesNoPenalty()
    {
        const string Json = """
            { "database": { "cpuCores": 8, "memory": "32GiB", "maxConnections": 100, "scalability": { "points": [
                { "concurrency": 1, "throughput": 961 }, { "concurrency": 2, "throughput": 1800 }, { "concurrency": 4, "throughput": 3200 },
                { "concurrency": 8, "throughput": 4700 }, { "concurrency": 16, "throughput": 4900 }, { "concurrency": 32, "throughput": 3300 } ] } },
              "services": [ { "name": "web", "instances": 40, "databaseTimeMean": "00:00:00.012", "databaseTimeP95": "00:00:00.040", "databaseCpuTimeMean": "00:00:00.003" } ] }
            """;
        SystemDescription system = SystemDescriptionReader.Parse(Json);
        ConnectionPlan measured = system.Plan(SizingCases.Peak(900));
        ConnectionPlan assumed = system.WithDatabase(database => database with { Scalability = null }).Plan(SizingCases.Peak(900));

        Assert.IsTrue(measured.Database.Knee < assumed.Database.Knee, FormattableString.Invariant($"{measured.Database.Knee} {assumed.Database.Knee}"));
        Assert.IsFalse(measured.Assumptions.Any(assumption => assumption.Contains("contention penalty", StringComparison.Ordinal)));
        Assert.IsTrue(assumed.Assumptions.Any(assumption => assumption.Contains("contention penalty", StringComparison.Ordinal)));
    }

    [TestMethod]
    [DataRow("""{ "points": [ { "concurrency": 1, "throughput": 5 } ] }""", "$.database.scalability.points")]
    [DataRow("""{ "contention": 0.1 }""", "$.database.scalability")]
    [DataRow("""{ "contention": 2, "coherency": 0 }""", "$.database.scalability")]
    [DataRow("""{ "points": 5 }""", "$.database.scalability.points")]
    [DataRow("""{ "pionts": [] }""", "points")]
    public void Parse_OfAWrongScalability_NamesTheField(string scalability, string expected)
    {
        SystemDescriptionException refused = Assert.ThrowsExactly<SystemDescriptionException>(() => SystemDescriptionReader.Parse(
            $$"""{ "database": { "cpuCores": 8, "maxConnections": 100, "scalability": {{scalability}} }, "services": [ { "name": "web", "instances": 2, "databaseTimeMean": "00:00:00.012" } ] }"""));
        StringAssert.Contains(refused.Message, expected);
    }
}
