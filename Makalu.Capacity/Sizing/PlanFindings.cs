namespace Makalu.Capacity.Sizing;

/// <summary>All findings of a plan, sorted: critical first, then by what to do first.</summary>
internal static class PlanFindings
{
    /// <summary>What to do first first, within a severity: what protects at once and costs nothing comes before what takes a restart, and that before what takes money.</summary>
    private static readonly string[] Order =
    [
        "connections-leaked", "pool-use-does-not-follow-load", "held-longer-than-described", "waits-for-locks", "slow-statement",
        "hold-time-implausible", "traffic-shares-exceed-all", "pools-exceed-max-connections", "pool-can-deadlock", "pool-too-small", "pooler-pool-too-small", "current-limit-exceeded",
        "cpu-saturated", "memory-short", "managed-cap-exceeded", "beyond-the-knee", "memory-exceeded", "cpu-burst", "pooler-advised", "restart-required",
    ];

    public static IEnumerable<Finding> Write(PlanSubject subject)
    {
        IEnumerable<Finding> findings = [.. UseFindings.Write(subject), .. LimitFindings.Write(subject), .. PoolFindings.Write(subject), .. ServerFindings.Write(subject), .. AdviceFindings.Write(subject)];
        return findings.OrderByDescending(finding => finding.Severity).ThenBy(finding => Rank(finding.Code));
    }

    private static int Rank(string code)
    {
        int rank = Array.IndexOf(Order, code);
        return rank < 0 ? Order.Length : rank;
    }
}
