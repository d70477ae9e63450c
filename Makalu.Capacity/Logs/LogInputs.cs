using Microsoft.Extensions.FileSystemGlobbing;
using Microsoft.Extensions.FileSystemGlobbing.Abstractions;

namespace Makalu.Capacity.Logs;

/// <summary>The files that inputs stand for.</summary>
internal static class LogInputs
{
    /// <summary>
    /// The files of names and patterns (<c>*</c> within a name, <c>**</c> for any folders), each once: a file that two patterns match
    /// must not be counted twice. Those of a pattern are in ordinal order.
    /// </summary>
    /// <exception cref="FileNotFoundException">A pattern matches no file, or there is no such file.</exception>
    public static IReadOnlyList<string> Expand(IEnumerable<string> inputs)
    {
        var files = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string input in inputs)
        {
            foreach (string file in ExpandOne(input))
            {
                if (seen.Add(file == InputStream.StandardInput ? file : Path.GetFullPath(file)))
                {
                    files.Add(file);
                }
            }
        }

        return files;
    }

    private static string[] ExpandOne(string input)
    {
        if (input == InputStream.StandardInput || File.Exists(input) || Directory.Exists(input))
        {
            return [input];
        }

        int star = input.IndexOf('*', StringComparison.Ordinal);
        if (star < 0)
        {
            throw new FileNotFoundException($"There is no file '{input}'. Check the name.", input);
        }

        int slash = input.LastIndexOfAny(['/', Path.DirectorySeparatorChar], star);
        string folder = slash < 0 ? "." : input[..(slash + 1)];
        var matcher = new Matcher(StringComparison.Ordinal);
        matcher.AddInclude(input[(slash + 1)..]);
        string[] matches = Directory.Exists(folder)
            ? [.. matcher.Execute(new DirectoryInfoWrapper(new DirectoryInfo(folder))).Files.Select(f => slash < 0 ? f.Path : folder + f.Path).Order(StringComparer.Ordinal)]
            : [];
        return matches.Length > 0 ? matches : throw new FileNotFoundException($"No file matches '{input}'. Check the pattern: * stands for part of a name, ** for any folders.", input);
    }
}
