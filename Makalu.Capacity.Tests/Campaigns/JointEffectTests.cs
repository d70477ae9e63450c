using Makalu.Capacity.Campaigns;

namespace Makalu.Capacity.Tests.Campaigns;

[TestClass]
public sealed class JointEffectTests
{
    [TestMethod]
    public void With_TwoCampaigns_AddsTheirRequestsAboveTheBaseline()
        => Assert.AreEqual(Math.Log(1 + 2 + 1), default(JointEffect).With(Math.Log(3)).With(Math.Log(2)).Logarithm, 1e-12);

    [TestMethod]
    public void With_OneCampaign_IsThatCampaign()
    {
        Assert.AreEqual(0.8, default(JointEffect).With(0.8).Logarithm, 1e-12);
        Assert.AreEqual(-0.8, default(JointEffect).With(-0.8).Logarithm, 1e-12);
    }

    [TestMethod]
    public void With_AnEffectBelowTheBaseline_MultipliesAndStaysFinite()
        => Assert.AreEqual(Math.Log(3) - 1.5, default(JointEffect).With(-1).With(Math.Log(3)).With(-0.5).Logarithm, 1e-12);
}
