using System.Globalization;
using System.IO.Compression;
using System.Text;
using Makalu.Capacity.Logs;

namespace Makalu.Capacity.Tests.Logs;

/// <summary>A request as a test can keep it.</summary>
internal sealed record Request(string Time, string Route, int Status, double? Seconds);

/// <summary>Reads logs that stand in a test.</summary>
internal static class LogLines
{
    public static (List<Request> Requests, LogReadReport Report) Read(string text, RequestLogOptions? options = null)
        => Read(Encoding.UTF8.GetBytes(text), options);

    public static (List<Request> Requests, LogReadReport Report) Read(byte[] content, RequestLogOptions? options = null)
    {
        var requests = new List<Request>();
        using var stream = new MemoryStream(content);
        LogReadReport report = new RequestLogReader(options).Read(stream, "access.log", (in RequestRecord r) => requests.Add(Keep(r)));
        return (requests, report);
    }

    public static Request Keep(in RequestRecord record) => new(
        record.Time.ToString("yyyy-MM-dd HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture),
        Encoding.UTF8.GetString(record.Route),
        record.Status,
        record.Duration?.TotalSeconds);

    public static byte[] Gzip(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return packed.ToArray();
    }

    /// <summary>A combined log of one request a line, <paramref name="count"/> lines, three a second.</summary>
    public static string Combined(int count)
    {
        var text = new StringBuilder();
        var start = new DateTime(2024, 9, 15, 12, 0, 0, DateTimeKind.Utc);
        for (int i = 0; i < count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"10.0.0.{i % 250} - - [{start.AddSeconds(i / 3):dd/MMM/yyyy:HH:mm:ss} +0000] \"GET /product/{i * 7919L % 1000}?q={i} HTTP/1.1\" {(i % 50 == 7 ? 404 : 200)} {i} \"-\" \"test\" 0.{i % 1000:000}\n");
        }

        return text.ToString();
    }
}
