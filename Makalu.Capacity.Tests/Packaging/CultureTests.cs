using System.Globalization;

namespace Makalu.Capacity.Tests.Packaging;

/// <summary>The suite runs once more under da-DK; this tells that it really does.</summary>
[TestClass]
public sealed class CultureTests
{
    [TestMethod]
    public void Suite_RunsUnderTheCultureThatWasAsked()
    {
        string? asked = Environment.GetEnvironmentVariable("MAKALU_TEST_CULTURE");
        if (asked is null)
        {
            Assert.Inconclusive("MAKALU_TEST_CULTURE is not set: .ci/run sets it for its second run.");
        }

        Assert.AreEqual(asked, CultureInfo.CurrentCulture.Name);
        Assert.AreEqual("1,5", 1.5.ToString(CultureInfo.CurrentCulture));
    }
}
