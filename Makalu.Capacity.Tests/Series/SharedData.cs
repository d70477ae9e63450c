using Makalu.Capacity.Tests.Packaging;

namespace Makalu.Capacity.Tests.Series;

/// <summary>Real series that lie beside the repository, for those who have them; they are not part of it.</summary>
internal static class SharedData
{
    /// <summary>The path of a file under <c>../shared</c>; the test is skipped visibly where it is not there.</summary>
    public static string Path(string relative)
    {
        string path = System.IO.Path.GetFullPath(System.IO.Path.Combine(RepositoryFolder.Path, "..", "shared", relative));
        if (!File.Exists(path))
        {
            Assert.Inconclusive($"../shared is not there: {path}");
        }

        return path;
    }
}
