namespace Makalu.Capacity.Benchmarks.Accuracy;

/// <summary>What <c>accuracy</c> can be asked for: the names, sizes and options of its commands.</summary>
internal static class AccuracyUsage
{
    private static readonly string[] _commands =
    [
        "report SHARED DOCUMENT [ORIGINS]",
        "m4 [SERIES] [--members] [--alone] [--logarithm]",
        "real [DATA_SET] [ORIGINS] [--logarithm]",
        "coverage [DATA_SET] [ORIGINS]",
        "weights [ENDS] [SERIES] [ORIGINS]",
        "limits [DATA_SET]",
        "peaks [RUNS] [--campaigns]",
        "jumps [RUNS]",
        "smooth [SEEDS]",
        "year [SEEDS]",
        "damage [SEEDS] [MODEL,…] [MINUTES,…] [--middle] [--each]",
        "worldcup DATA [--two-days|--four-days] [--each] [--rounds] [--naive|--pool|--auto]",
        "pageviews DATA [SEASONS] [--each] [--naive|--pool|--auto]",
        "sample DIR … [--naive|--pool|--auto]",
        "days [SEEDS] [--naive|--pool|--auto]",
        "daily-campaigns [SEEDS] [PAST …]",
        "synthetic [SEEDS] [PAST …]",
        "unseen-tier [SEEDS]",
        "amplitudes [SEEDS]",
        "responses [SEEDS]",
        "change [SEEDS]",
        "regressions [SEEDS] [DATA]",
    ];

    /// <summary>Whether there is such a command and it knows the options; if not, says what there is.</summary>
    /// <param name="arguments">The command's name, then its arguments.</param>
    public static bool Knows(string[] arguments)
    {
        string? command = _commands.FirstOrDefault(c => arguments.Length > 0 && c.StartsWith(arguments[0] + " ", StringComparison.Ordinal));
        string[] options = command?.Split(' ', '|', '[', ']') ?? [];
        if (command is not null && arguments.Where(a => a.StartsWith("--", StringComparison.Ordinal)).All(options.Contains))
            return true;

        Write();
        return false;
    }

    public static void Write()
    {
        Console.Error.WriteLine("Usage:");
        foreach (string command in _commands)
            Console.Error.WriteLine($"  accuracy {command}");
    }
}
