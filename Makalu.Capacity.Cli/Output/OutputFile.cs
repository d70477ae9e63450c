using System.IO.Compression;
using System.Text;

namespace Makalu.Capacity.Cli.Output;

/// <summary>A result that is written whole or not at all; gzip where its name ends in <c>.gz</c>.</summary>
internal sealed class OutputFile
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);
    private readonly Stream _content;
    private readonly bool _isCompressed;

    internal OutputFile(string path, Stream content)
    {
        Path = path;
        _content = content;
        _isCompressed = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The name as the user gave it.</summary>
    public string Path { get; }

    /// <summary>Writes the whole content as bytes.</summary>
    public void Write(Action<Stream> write)
    {
        if (!_isCompressed)
        {
            write(_content);
            return;
        }

        using var compressed = new GZipStream(_content, CompressionLevel.Optimal, leaveOpen: true);
        write(compressed);
    }

    /// <summary>Writes the whole content as UTF-8 text with line feeds.</summary>
    public void WriteText(Action<TextWriter> write) => Write(stream =>
    {
        using var writer = new StreamWriter(stream, Utf8, bufferSize: 1 << 16, leaveOpen: true) { NewLine = "\n" };
        write(writer);
    });
}
