using Makalu.Capacity.Campaigns;

namespace Makalu.Capacity.Tests.Campaigns;

[TestClass]
public sealed class CampaignClusterTests
{
    [TestMethod]
    public void Group_CampaignsThatStartTogether_IsOneCluster()
    {
        List<CampaignCluster> clusters = CampaignCluster.Group([At("a", "tv", 0, 60), At("b", "tv", 15, 90), At("c", "tv", 16, 60), At("d", "email", 0, 60)]);
        Assert.AreSequenceEqual(["d", "a+b", "c"], clusters.Select(c => string.Join('+', c.Members.Select(m => m.Name))).ToArray());
        Assert.AreEqual(SyntheticShop.Monday.AddMinutes(105), clusters[1].EndsAt);
    }

    [TestMethod]
    public void Group_CampaignsThatDoNotOverlap_AreApart()
        => Assert.HasCount(2, CampaignCluster.Group([At("a", "tv", 0, 5), At("b", "tv", 10, 5)]));

    [TestMethod]
    public void StreamKey_DoesNotDependOnTheRestOfTheCalendar()
    {
        int alone = CampaignCluster.Group([At("a", "tv", 0, 60)])[0].StreamKey;
        Assert.AreEqual(alone, CampaignCluster.Group([At("x", "email", -90, 60), At("a", "tv", 0, 60)])[1].StreamKey);
        Assert.AreNotEqual(alone, CampaignCluster.Group([At("a", "tv", 1, 60)])[0].StreamKey);
    }

    private static Campaign At(string name, string kind, double minutes, double length)
        => new(name, kind, SyntheticShop.Monday.AddMinutes(minutes), SyntheticShop.Monday.AddMinutes(minutes + length));
}
