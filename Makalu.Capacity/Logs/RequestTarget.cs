namespace Makalu.Capacity.Logs;

/// <summary>The path within what logs have of a request: a target, a URL, or its first line.</summary>
internal static class RequestTarget
{
    /// <summary>The path of a first line, <c>GET /path?query HTTP/1.1</c>; empty where there is none.</summary>
    public static ReadOnlySpan<byte> OfRequestLine(ReadOnlySpan<byte> requestLine)
    {
        int space = requestLine.IndexOf((byte)' ');
        if (space < 0)
        {
            return default;
        }

        ReadOnlySpan<byte> target = requestLine[(space + 1)..];
        int end = target.IndexOf((byte)' ');
        return PathOf(end < 0 ? target : target[..end]);
    }

    /// <summary>The path of a target or URL, or of a first line where it holds a space.</summary>
    public static ReadOnlySpan<byte> Of(ReadOnlySpan<byte> text)
        => text.Length > 0 && text[0] != '/' && text.Contains((byte)' ') ? OfRequestLine(text) : PathOf(text);

    private static ReadOnlySpan<byte> PathOf(ReadOnlySpan<byte> target)
    {
        if (target.Length > 0 && target[0] != '/')
        {
            int scheme = target.IndexOf("://"u8);
            if (scheme >= 0)
            {
                ReadOnlySpan<byte> afterHost = target[(scheme + 3)..];
                int slash = afterHost.IndexOf((byte)'/');
                target = slash < 0 ? "/"u8 : afterHost[slash..];
            }
        }

        int query = target.IndexOfAny((byte)'?', (byte)'#');
        return query < 0 ? target : target[..query];
    }
}
