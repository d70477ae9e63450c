using System.Globalization;
using System.IO.Compression;

namespace Makalu.Capacity.Benchmarks.Accuracy;

/// <summary>The evaluation's data, in a folder beside the repository that is not part of it.</summary>
internal static class DataFiles
{
    public static string Folder { get; } = Environment.GetEnvironmentVariable("MAKALU_DATA") ?? Find();

    /// <summary>The rows of a comma-separated gzip file without its header.</summary>
    public static IEnumerable<string[]> Rows(string path)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(Path.Combine(Folder, path)), CompressionMode.Decompress));
        reader.ReadLine();
        while (reader.ReadLine() is { } line)
        {
            yield return line.Split(',');
        }
    }

    public static double Number(string text) => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);

    private static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "shared", "data");
            if (Directory.Exists(candidate))
                return candidate;
        }

        return Path.Combine("..", "shared", "data");
    }
}
