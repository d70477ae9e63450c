using Makalu.Capacity.Forecasting;

namespace Makalu.Capacity.Tests.Forecasting;

[TestClass]
public sealed class KeptSpansTests
{
    private int _simulated;

    [TestMethod]
    public void Get_WhenRoomIsShort_DropsWhatNoQuestionAskedForTheLongestTime()
    {
        var spans = new KeptSpans(mostValues: 30);
        Ask(spans, "plan", "moved once");
        Ask(spans, "plan", "moved twice");
        Assert.AreEqual(3, _simulated);

        // 30 values are kept; the next ones take the place of those that are asked for least.
        Ask(spans, "plan", "moved three times");
        Ask(spans, "plan", "moved twice");
        Assert.AreEqual(4, _simulated);
        Ask(spans, "plan", "moved once");
        Assert.AreEqual(5, _simulated);
    }

    [TestMethod]
    public void Get_WhenAPlanIsLargerThanTheRoom_KeepsAsMuchOfItAsFits()
    {
        var spans = new KeptSpans(mostValues: 25);
        Ask(spans, "a", "b", "c");
        Ask(spans, "a", "b", "c");
        Assert.AreEqual(4, _simulated);
    }

    [TestMethod]
    public void Get_OfTheSameSpan_IsTheSameObject()
    {
        var spans = new KeptSpans(mostValues: 10);
        Assert.AreSame(spans.Get("a", spans.Begin(), Simulate), spans.Get("a", spans.Begin(), Simulate));
    }

    private void Ask(KeptSpans spans, params string[] keys)
    {
        long question = spans.Begin();
        foreach (string key in keys)
            spans.Get(key, question, Simulate);
    }

    private ChangedSteps Simulate()
    {
        _simulated++;
        return new ChangedSteps(0, 1, new double[10]);
    }
}
