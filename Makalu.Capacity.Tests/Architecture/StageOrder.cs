using ArchUnitNET.Domain;
using ArchUnitNET.Loader;

namespace Makalu.Capacity.Tests.Architecture;

/// <summary>Finds every dependency that points the wrong way through the stages, method bodies included.</summary>
internal sealed class StageOrder(string root, IReadOnlyList<string> stages)
{
    /// <summary>The stages of the library in the data's way; the façade at the root comes after all that a plan is made from.</summary>
    public static StageOrder OfLibrary { get; } = new("Makalu.Capacity", ["Numerics", "Logs", "Series", "Campaigns", "Forecasting", "Peaks", "Sizing", "Monitoring", "", "Backtesting", "Reporting"]);

    /// <summary>The folders directly below the root that are no stage.</summary>
    public IReadOnlyList<string> UnknownStages(System.Reflection.Assembly assembly)
        => [.. assembly.GetTypes().Where(t => !IsGenerated(t.Name) && StageOf(t.Namespace ?? "") is string stage && !stages.Contains(stage)).Select(t => t.FullName!).Order(StringComparer.Ordinal)];

    /// <summary>The wrong dependencies, one sentence each; empty where all point up the data's way.</summary>
    public IReadOnlyList<string> Violations(System.Reflection.Assembly assembly)
    {
        ArchUnitNET.Domain.Architecture architecture = new ArchLoader().LoadAssemblies(assembly).Build();
        var violations = new SortedSet<string>(StringComparer.Ordinal);
        foreach (IType type in architecture.Types)
        {
            int own = Rank(type);

            // Type parameters are no dependencies (their arguments are), and those of generated methods are taken for one another.
            foreach (IType target in type.Dependencies.Select(d => d.Target).Where(t => t is not GenericParameter))
            {
                int used = Rank(target);
                bool isNumericsImpure = own == 0 && used > 0;
                if (own >= 0 && used >= 0 && (used > own || isNumericsImpure))
                {
                    violations.Add($"{type.FullName} uses {target.FullName}");
                }
            }
        }

        return [.. violations];
    }

    private int Rank(IType type) => StageOf(type.Namespace?.FullName ?? "") is string stage ? stages.ToList().IndexOf(stage) : -1;

    /// <summary>The first part of a namespace below the root; null outside the root.</summary>
    private string? StageOf(string name)
        => name == root ? "" : name.StartsWith(root + ".", StringComparison.Ordinal) ? name[(root.Length + 1)..].Split('.')[0] : null;

    private static bool IsGenerated(string name) => name.StartsWith('<');
}
