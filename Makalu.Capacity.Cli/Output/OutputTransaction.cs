namespace Makalu.Capacity.Cli.Output;

/// <summary>
/// All results of a command: each is written beside its place under a temporary name, and <see cref="Commit"/> renames them all
/// at the end. Without a commit (a failure, an interruption) nothing is left behind. <c>-</c> is standard output.
/// </summary>
internal sealed class OutputTransaction(Stream standardOutput) : IDisposable
{
    /// <summary>The name that stands for standard output.</summary>
    public const string StandardOutput = "-";

    private readonly List<Pending> _pending = [];
    private readonly List<string> _createdDirectories = [];
    private readonly HashSet<string> _inputs = new(StringComparer.Ordinal);
    private bool _committed;

    /// <summary>Whether a result goes to standard output, which must then carry nothing else.</summary>
    public bool UsesStandardOutput => _pending.Exists(p => p.Target is null && p.Output.Path == StandardOutput);

    /// <summary>The names of the results, as the user gave them.</summary>
    public IEnumerable<string> Paths => _pending.Select(p => p.Output.Path);

    /// <summary>Names a file that is read, which no result may replace.</summary>
    public void Protect(string? inputPath)
    {
        if (inputPath is not null and not StandardOutput)
        {
            _inputs.Add(Resolve(inputPath));
        }
    }

    /// <summary>Opens a result; its place is checked now, before long work starts.</summary>
    /// <exception cref="UsageException">The place cannot be written, is an input, or is named twice.</exception>
    public OutputFile Add(string path)
    {
        if (path.Length == 0)
        {
            throw new UsageException("an output has an empty name. Name a file, or - for standard output.");
        }

        // A device or a process substitution (/dev/fd/63) must never be renamed over.
        if (path == StandardOutput || path.StartsWith("/dev/", StringComparison.Ordinal))
        {
            if (_pending.Exists(p => p.Output.Path == path))
            {
                throw new UsageException($"{path}: two outputs cannot share it. Name a file for one of them.");
            }

            return Keep(path, target: null, temporary: null, new MemoryStream());
        }

        string target = Resolve(path);
        if (_inputs.Contains(target))
        {
            throw new UsageException($"{path}: is an input of this command and would be overwritten. Name another output.");
        }

        if (_pending.Exists(p => p.Target == target))
        {
            throw new UsageException($"{path}: two outputs have this name. Give each a name of its own.");
        }

        if (Directory.Exists(target))
        {
            throw new UsageException($"{path}: is a directory. Name a file in it.");
        }

        string directory = Path.GetDirectoryName(target)!;
        string temporary = Path.Combine(directory, $".{Path.GetFileName(target)}.{Guid.NewGuid():N}.tmp");
        return Keep(path, target, temporary, Guard(path, directory, () => new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None)));
    }

    /// <summary>Makes sure that a directory for several results exists and can be written; it is removed again without a commit.</summary>
    /// <exception cref="UsageException">The directory can neither be written nor made.</exception>
    public void AddDirectory(string path)
    {
        string directory = Path.GetFullPath(path);
        if (File.Exists(directory))
        {
            throw new UsageException($"{path}: is a file. Name a directory.");
        }

        for (string? missing = directory; missing is not null && !Directory.Exists(missing); missing = Path.GetDirectoryName(missing))
        {
            _createdDirectories.Add(missing);
        }

        Guard(path, directory, () => Directory.CreateDirectory(directory));
        string probe = Path.Combine(directory, $".{Guid.NewGuid():N}.tmp");
        Guard(path, directory, () => new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose)).Dispose();
    }

    /// <summary>Puts all results in their places.</summary>
    public void Commit()
    {
        foreach (Pending pending in _pending)
        {
            if (pending.Content is FileStream file)
            {
                file.Flush(flushToDisk: true);
                file.Dispose();
            }
        }

        foreach (Pending pending in _pending.Where(p => p.Target is not null))
        {
            File.Move(pending.Temporary!, pending.Target!, overwrite: true);
        }

        _committed = true;
        foreach (Pending pending in _pending.Where(p => p.Target is null))
        {
            CopyToStream(pending);
        }
    }

    /// <summary>Takes back what was not committed.</summary>
    public void Dispose()
    {
        foreach (Pending pending in _pending)
        {
            pending.Content.Dispose();
            if (!_committed && pending.Temporary is not null)
            {
                File.Delete(pending.Temporary);
            }
        }

        if (!_committed)
        {
            // The innermost first: a directory is only removed when it is empty.
            foreach (string directory in _createdDirectories.Where(Directory.Exists).OrderByDescending(d => d.Length))
            {
                Directory.Delete(directory);
            }
        }
    }

    private OutputFile Keep(string path, string? target, string? temporary, Stream content)
    {
        var output = new OutputFile(path, content);
        _pending.Add(new Pending(output, target, temporary, content));
        return output;
    }

    private void CopyToStream(Pending pending)
    {
        pending.Content.Position = 0;
        if (pending.Output.Path == StandardOutput)
        {
            pending.Content.CopyTo(standardOutput);
            standardOutput.Flush();
            return;
        }

        using var device = new FileStream(pending.Output.Path, FileMode.Open, FileAccess.Write);
        pending.Content.CopyTo(device);
    }

    private static string Resolve(string path)
    {
        string full = Path.GetFullPath(path);
        return new FileInfo(full).LinkTarget is null ? full : File.ResolveLinkTarget(full, returnFinalTarget: true)!.FullName;
    }

    private static T Guard<T>(string path, string directory, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (DirectoryNotFoundException exception)
        {
            throw new UsageException($"{path}: the directory {directory} does not exist. Create it or name another.", exception);
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            throw new UsageException($"{path}: the directory {directory} cannot be written: {exception.Message} Name another, or give yourself the right to write there.", exception);
        }
    }

    private sealed record Pending(OutputFile Output, string? Target, string? Temporary, Stream Content);
}
