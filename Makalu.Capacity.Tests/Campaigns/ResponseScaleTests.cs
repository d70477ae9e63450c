using Makalu.Capacity.Campaigns;

namespace Makalu.Capacity.Tests.Campaigns;

[TestClass]
public sealed class ResponseScaleTests
{
    private static readonly ResponseScale _additive = ResponseScale.Additive(step => step == 0 ? -1.5 : 0.8);

    [TestMethod]
    public void Response_OfTheSameRequestsAtNightAndNoon_IsTheSame()
    {
        // Twice the day's level in requests, over a baseline of e^-1.5 and of e^0.8 of it.
        double night = Math.Log((Math.Exp(-1.5) + 2) / Math.Exp(-1.5)), noon = Math.Log((Math.Exp(0.8) + 2) / Math.Exp(0.8));
        Assert.AreEqual(Math.Log(3), _additive.Response(night, 0), 1e-12);
        Assert.AreEqual(Math.Log(3), _additive.Response(noon, 1), 1e-12);
        Assert.AreEqual(night, ResponseScale.Multiplicative.Response(night, 0));
    }

    [TestMethod]
    [DataRow(0.01)]
    [DataRow(0.7)]
    [DataRow(3.0)]
    public void Deviation_OfAResponse_IsWhereItCameFrom(double deviation)
    {
        Assert.AreEqual(deviation, _additive.Deviation(_additive.Response(deviation, 0), 0), 1e-12);
        Assert.AreEqual(deviation, _additive.Deviation(_additive.Response(deviation, 1), 1), 1e-12);
    }

    [TestMethod]
    public void Response_AroundNoEffect_IsSymmetric()
        => Assert.AreEqual(-_additive.Response(0.001, 1), _additive.Response(-0.001, 1), 1e-5);
}
