using Makalu.Capacity.Logs;

namespace Makalu.Capacity.Tests.Logs;

[TestClass]
public class W3CExtendedTests
{
    private const string Iis = """
        #Software: Microsoft Internet Information Services 10.0
        #Version: 1.0
        #Date: 2024-09-15 14:00:00
        #Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken
        2024-09-15 14:00:00 10.0.0.5 GET /product/7 q=1 443 - 203.0.113.9 Mozilla/5.0+(Windows) - 200 0 0 46
        2024-09-15 14:00:01 10.0.0.5 POST /basket - 443 anna 203.0.113.9 Mozilla/5.0+(Windows) - 302 0 0 1500

        """;

    [TestMethod]
    public void Read_Iis()
    {
        (List<Request> requests, LogReadReport report) = LogLines.Read(Iis);
        CollectionAssert.AreEqual(
            new[] { new Request("2024-09-15 14:00:00", "/product/7", 200, 0.046), new Request("2024-09-15 14:00:01", "/basket", 302, 1.5) },
            requests);
        Assert.AreEqual(LogFormat.W3CExtended, report.Files[0].Format);
        Assert.AreEqual(4, report.OtherLines);
    }

    [TestMethod]
    public void Read_CloudFront()
        => Assert.AreEqual(
            new Request("2024-09-15 14:00:03", "/view/my/file.html", 200, 0.05),
            LogLines.Read("#Version: 1.0\n#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status time-taken\n2024-09-15\t14:00:03\tLAX1\t2390282\t192.0.2.202\tGET\td111.cloudfront.net\t/view/my/file.html\t200\t0.050\n").Requests.Single());

    [TestMethod]
    public void Read_WhenFieldsChangeWithinTheFile_FollowsThemOverBlocksAndThreads()
    {
        // Each half is larger than a block, so that the directive and the lines it rules lie in different ones.
        const int Lines = 40_000;
        string text = "#Fields: date time cs-uri-stem sc-status\n"
            + string.Concat(Enumerable.Repeat("2024-09-15 14:00:00 /first/of/many/long/paths 200\n", Lines))
            + "#Fields: time date sc-status cs-uri-stem\n"
            + string.Concat(Enumerable.Repeat("14:00:01 2024-09-15 404 /second/of/many/long/paths\n", Lines));
        (List<Request> requests, LogReadReport report) = LogLines.Read(text);

        Assert.AreEqual(0, report.MalformedLines);
        Assert.AreEqual(Lines, requests.Count(r => r == new Request("2024-09-15 14:00:00", "/first/of/many/long/paths", 200, null)));
        Assert.AreEqual(Lines, requests.Count(r => r == new Request("2024-09-15 14:00:01", "/second/of/many/long/paths", 404, null)));
    }

    [TestMethod]
    public void Read_WhenOnlyTheDirectiveHasTheDate_TakesIt()
        => Assert.AreEqual(
            "2024-09-15 23:59:59",
            LogLines.Read("#Version: 1.0\n#Date: 2024-09-15 00:00:00\n#Fields: time cs-uri-stem\n23:59:59 /\n").Requests.Single().Time);

    [TestMethod]
    [DataRow("2024-09-15 14:00", "fewer fields")]
    [DataRow("2024-09-15 14:00:99 /a 200", "no date and time")]
    [DataRow("2024-13-15 14:00:00 /a 200", "no date and time")]
    [DataRow("2024-09-15 14:00:00 /a OK!", "a status that is not")]
    public void Read_WhenALineIsMalformed_SaysWhy(string line, string reason)
    {
        string good = string.Concat(Enumerable.Repeat("2024-09-15 14:00:00 /a 200\n", 200));
        LogReadReport report = LogLines.Read("#Fields: date time cs-uri-stem sc-status\n" + line + "\n" + good).Report;
        Assert.AreEqual(2, report.FirstMalformedLines.Single().Line);
        Assert.StartsWith(reason, report.FirstMalformedLines.Single().Reason);
    }
}
