using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Makalu.Capacity.Tests.Architecture;

/// <summary>The library's loops share one bound, which the framework's own do not know.</summary>
[TestClass]
public sealed class ParallelismTests
{
    [TestMethod]
    public void Library_RunsNoLoopBesideTheBound() => Assert.IsFalse(UsesParallel(typeof(CapacityPlan).Assembly.Location), "Use Numerics.ParallelLoop in place of System.Threading.Tasks.Parallel.");

    /// <summary>This assembly has such loops: the check sees them.</summary>
    [TestMethod]
    public void Check_SeesALoop() => Assert.IsTrue(UsesParallel(typeof(ParallelismTests).Assembly.Location));

    private static bool UsesParallel(string assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly));
        MetadataReader metadata = file.GetMetadataReader();
        return metadata.TypeReferences.Select(metadata.GetTypeReference).Any(t => metadata.GetString(t.Namespace) is "System.Threading.Tasks" or "System.Linq" && metadata.GetString(t.Name) is "Parallel" or "ParallelEnumerable");
    }
}
