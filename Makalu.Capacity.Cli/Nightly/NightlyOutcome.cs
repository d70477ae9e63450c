using System.Text.Json.Serialization;

namespace Makalu.Capacity.Cli.Nightly;

/// <summary>What one night found for one service: what is kept of it, and shown in the summary and the metrics.</summary>
internal sealed record NightlyOutcome
{
    /// <summary>The version of this record.</summary>
    public const int CurrentSchema = 1;

    public int Schema { get; init; } = CurrentSchema;

    public required string Service { get; init; }

    /// <summary>Of everything that the plan was made from; a night with the same one is done already.</summary>
    public string Fingerprint { get; init; } = "";

    /// <summary>The forecast's origin, UTC.</summary>
    public DateTimeOffset Origin { get; init; }

    /// <summary>Why nothing was planned; null when it was.</summary>
    public string? Failure { get; init; }

    public string Verdict { get; init; } = "";

    public string Headline { get; init; } = "";

    public bool CurrentSettingsSurvive { get; init; }

    public int CurrentMaxConnections { get; init; }

    public int MaxConnections { get; init; }

    /// <summary>The planned pool of each service of the system, by name.</summary>
    public IReadOnlyDictionary<string, int> MaxPoolSizes { get; init; } = new Dictionary<string, int>();

    /// <summary>The demand that was sized for: the busiest second, and the step it lies in, in requests per second.</summary>
    public double DemandRequestsPerSecond { get; init; }

    public double DemandStepRequestsPerSecond { get; init; }

    public DateTimeOffset PeakAt { get; init; }

    public string Cause { get; init; } = "";

    /// <summary>Quantiles of the horizon's maximum by name, in requests per second.</summary>
    public IReadOnlyDictionary<string, double> PeakQuantiles { get; init; } = new Dictionary<string, double>();

    /// <summary>The model that was used.</summary>
    public string Model { get; init; } = "";

    /// <summary>When all models were last judged against each other.</summary>
    public DateTimeOffset JudgedAt { get; init; }

    /// <summary><c>ok</c>, <c>watch</c> or <c>retrain</c>.</summary>
    public string Drift { get; init; } = "ok";

    /// <summary>The stored forecasts' pinball loss ÷ the expected one, near 1 where they are true; null where nothing is known yet.</summary>
    public double? LossToExpected { get; init; }

    /// <summary>The last day's highest step of which it is known what came, beside what was said of it a night before; null where unknown.</summary>
    public PastPeak? LastDay { get; init; }

    /// <summary>What is different from the night before, one sentence each.</summary>
    public IReadOnlyList<string> Changes { get; init; } = [];

    /// <summary>The critical findings.</summary>
    public IReadOnlyList<string> Critical { get; init; } = [];

    /// <summary>Whether someone must act: today's settings do not survive, or a setting must go up.</summary>
    [JsonIgnore]
    public bool NeedsAction => Failure is null && (!CurrentSettingsSurvive || Verdict is "raise" or "pool" or "scale");

    /// <summary>Whether the night was done before and only read back.</summary>
    [JsonIgnore]
    public bool IsReadBack { get; init; }
}

/// <summary>A day's highest step, in requests per second, beside what was said of it.</summary>
internal sealed record PastPeak(DateTimeOffset Day, double Actual, double Median, double Quantile95);
