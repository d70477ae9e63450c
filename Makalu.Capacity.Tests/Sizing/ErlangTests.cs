using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Tests.Sizing;

[TestClass]
public sealed class ErlangTests
{
    [TestMethod]
    [DataRow(0, 2.5, 1.0)]
    [DataRow(1, 1.0, 0.5)]
    [DataRow(2, 1.0, 0.2)]
    [DataRow(3, 1.0, 0.0625)]
    public void B_ForSmallGroups_EqualsTheFractions(int servers, double load, double expected)
        => Assert.AreEqual(expected, Erlang.B(servers, load), 1e-15);

    /// <summary>
    /// ln B and ln C by Mathematica, as published in the tests of the Python package capacity_planning (queueing/erlang_queues, test_erlB and
    /// test_erlC), to ten digits.
    /// </summary>
    [TestMethod]
    [DataRow(100, 120, -1.62826407041)]
    [DataRow(10_000, 12_000, -1.78927734649)]
    [DataRow(100, 20, -84.1661482002)]
    [DataRow(100, 10_000, -0.01004931575)]
    public void B_AgainstPublishedValues_AgreesToTheirDigits(int servers, double load, double logarithm)
        => Assert.AreEqual(logarithm, Math.Log(Erlang.B(servers, load)), 1e-10 * Math.Abs(logarithm) + 1e-11);

    [TestMethod]
    [DataRow(100, 90, -1.52813224460)]
    [DataRow(10_000, 9_000, -56.8266885378)]
    [DataRow(100, 10, -143.375505741)]
    public void C_AgainstPublishedValues_AgreesToTheirDigits(int servers, double load, double logarithm)
        => Assert.AreEqual(logarithm, Math.Log(Erlang.C(servers, load)), 1e-10 * Math.Abs(logarithm));

    /// <summary>Loads in erlangs that a number of channels carries at a blocking probability: T. S. Rappaport, "Wireless Communications", 2nd ed. 2002, table 3.4.</summary>
    [TestMethod]
    [DataRow(2, 0.01, 0.153, 0.0005)]
    [DataRow(4, 0.01, 0.869, 0.0005)]
    [DataRow(5, 0.005, 1.13, 0.005)]
    [DataRow(10, 0.01, 4.46, 0.005)]
    [DataRow(10, 0.001, 3.09, 0.005)]
    [DataRow(20, 0.002, 10.1, 0.05)]
    [DataRow(24, 0.01, 15.3, 0.05)]
    [DataRow(70, 0.005, 53.7, 0.05)]
    [DataRow(100, 0.01, 84.1, 0.05)]
    public void B_AgainstTheTrafficTable_BracketsItsBlocking(int channels, double blocking, double load, double halfDigit)
    {
        Assert.IsTrue(Erlang.B(channels, load - halfDigit) <= blocking);
        Assert.IsTrue(Erlang.B(channels, load + halfDigit) >= blocking);
    }

    [TestMethod]
    public void B_ForThousandsOfServers_EqualsTheSumInLogarithms()
    {
        foreach (int servers in (int[])[10, 137, 1000, 10_000])
        {
            double load = servers * 0.97;
            double largest = double.NegativeInfinity;
            var terms = new double[servers + 1];
            double logFactorial = 0;
            for (int k = 0; k <= servers; k++)
            {
                logFactorial += k == 0 ? 0 : Math.Log(k);
                terms[k] = (k * Math.Log(load)) - logFactorial;
                largest = Math.Max(largest, terms[k]);
            }

            double expected = Math.Exp(terms[servers] - largest) / terms.Sum(term => Math.Exp(term - largest));
            Assert.AreEqual(expected, Erlang.B(servers, load), expected * 1e-8);
        }
    }

    [TestMethod]
    public void C_ForOneServer_IsItsUtilisation()
    {
        foreach (double load in (double[])[0.01, 0.3, 0.7, 0.999])
        {
            Assert.AreEqual(load, Erlang.C(1, load), 1e-14);
        }
    }

    [TestMethod]
    public void C_WhenLoadReachesServers_IsOne()
    {
        Assert.AreEqual(1, Erlang.C(4, 4));
        Assert.AreEqual(1, Erlang.C(4, 40));
    }

    [TestMethod]
    public void ContinuousC_AtWholeServers_EqualsC()
    {
        var table = new double[60];
        Erlang.FillInverseB(table, 20);
        for (int servers = 21; servers < 58; servers++)
        {
            Assert.AreEqual(Erlang.C(servers, 20), Erlang.ContinuousC(table, servers, 20), 1e-12);
            Assert.IsTrue(Erlang.ContinuousC(table, servers + 0.5, 20) < Erlang.C(servers, 20));
            Assert.IsTrue(Erlang.ContinuousC(table, servers + 0.5, 20) > Erlang.C(servers + 1, 20));
        }
    }

    [TestMethod]
    public void ContinuousC_WhenBlockingUnderflows_IsZero()
    {
        var table = new double[10_001];
        Erlang.FillInverseB(table, 3);
        Assert.AreEqual(0, Erlang.ContinuousC(table, 9_999.5, 3));
        Assert.AreEqual(0, Erlang.B(10_000, 3));
    }

    [TestMethod]
    public void B_WhenArgumentIsInvalid_Throws()
    {
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Erlang.B(-1, 1));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Erlang.B(1, double.NaN));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Erlang.C(1, -1));
    }
}
