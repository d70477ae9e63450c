namespace Makalu.Capacity.Tests.Series;

/// <summary>Real series that lie beside the repository, for those who have them; they are not part of it.</summary>
internal static class SharedData
{
    /// <summary>The path of a file under <c>../shared</c>; the test is skipped visibly where it is not there.</summary>
    public static string Path(string relative)
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Makalu.Capacity.sln")))
            {
                string path = System.IO.Path.GetFullPath(System.IO.Path.Combine(folder.FullName, "..", "shared", relative));
                if (!File.Exists(path))
                {
                    Assert.Inconclusive($"../shared is not there: {path}");
                }

                return path;
            }
        }

        throw new AssertInconclusiveException("The repository's folder was not found above the tests.");
    }
}
