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
        Erlang.FillLogInverseB(table, 20);
        for (int servers = 21; servers < 58; servers++)
        {
            Assert.AreEqual(Erlang.C(servers, 20), Erlang.ContinuousC(table, servers, 20), 1e-12);
            Assert.IsTrue(Erlang.ContinuousC(table, servers + 0.5, 20) < Erlang.C(servers, 20));
            Assert.IsTrue(Erlang.ContinuousC(table, servers + 0.5, 20) > Erlang.C(servers + 1, 20));
        }
    }

    [TestMethod]
    public void LogInverseB_WhenInverseOverflows_StaysFiniteAndRises()
    {
        var table = new double[10_001];
        Erlang.FillLogInverseB(table, 3);
        Assert.IsTrue(double.IsFinite(table[^1]));
        for (int k = 1; k < table.Length; k++)
        {
            Assert.IsTrue(table[k] > table[k - 1]);
        }
    }

    [TestMethod]
    public void B_WhenArgumentIsInvalid_Throws()
    {
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Erlang.B(-1, 1));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Erlang.B(1, double.NaN));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Erlang.C(1, -1));
    }
}
