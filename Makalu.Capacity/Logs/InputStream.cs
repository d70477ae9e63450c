namespace Makalu.Capacity.Logs;

/// <summary>Opens an input by name: a file, or standard input for <c>-</c>; gzip is told by its magic bytes and unpacked on the way.</summary>
internal static class InputStream
{
    public const string StandardInput = "-";

    /// <summary>The name that messages call the input by.</summary>
    public static string DisplayName(string path) => path == StandardInput ? "standard input" : path;

    /// <summary>Opens an input and unpacks it.</summary>
    public static Stream Open(string path) => Unpack(OpenRaw(path));

    /// <summary>Opens an input as it is.</summary>
    public static Stream OpenRaw(string path)
    {
        if (path == StandardInput)
        {
            return Console.OpenStandardInput();
        }

        if (Directory.Exists(path))
        {
            throw new IOException($"'{path}' is a directory, where a file is expected. Name a file in it, or a pattern such as '{path.TrimEnd('/')}/*'.");
        }

        // Blocks are read whole by the callers: a buffer of the stream's own would only copy them once more.
        return new FileStream(path, new FileStreamOptions { Options = FileOptions.SequentialScan, BufferSize = 0 });
    }

    /// <summary>The content of <paramref name="stream"/>: gzip (one member or several in a row) unpacked, anything else as it is.</summary>
    public static Stream Unpack(Stream stream, bool leaveOpen = false)
    {
        var magic = new byte[2];
        int read = stream.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false);
        var whole = new PrefixedStream(magic.AsMemory(0, read), stream, leaveOpen);
        return read == 2 && magic[0] == 0x1F && magic[1] == 0x8B ? new VerifiedGzipStream(whole) : whole;
    }
}
