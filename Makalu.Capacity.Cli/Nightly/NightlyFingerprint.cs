using System.Security.Cryptography;
using System.Text;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Cli.Nightly;

/// <summary>A digest of everything that a night's plan is made from, by which a night that is done already is known again.</summary>
internal static class NightlyFingerprint
{
    public static string Of(NightlyConfiguration configuration, NightlyService service, RequestHistory history)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{typeof(CapacityPlan).Assembly.ManifestModule.ModuleVersionId}|{configuration.Horizon:c}|{configuration.Seed}|{configuration.Shadow}|{service.Step:c}|{service.Model}|{service.TimeZone?.Id}|")));
        foreach (IReadOnlyDictionary<string, string> labels in new[] { service.Monitoring.Requests, service.Monitoring.Database, service.Monitoring.DatabaseHost, service.Monitoring.Pooler })
        {
            hash.AppendData(Encoding.UTF8.GetBytes(string.Concat(labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}={l.Value}\n")) + "|"));
        }

        hash.AppendData(File.ReadAllBytes(service.System));
        hash.AppendData(service.Calendar is null ? [] : File.ReadAllBytes(service.Calendar));
        using var content = new MemoryStream();
        SeriesFile.Write(content, [history]);
        hash.AppendData(content.GetBuffer().AsSpan(0, (int)content.Length));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
