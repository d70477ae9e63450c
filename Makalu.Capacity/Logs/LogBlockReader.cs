namespace Makalu.Capacity.Logs;

/// <summary>Cuts a stream into blocks of whole lines.</summary>
/// <remarks>Not safe to share between threads without a lock.</remarks>
internal sealed class LogBlockReader(Stream stream, int blockSize)
{
    /// <summary>The size of a block, which is also that of the longest line read.</summary>
    public const int DefaultBlockSize = 1 << 20;

    private readonly byte[] _carry = new byte[blockSize];
    private int _carried;
    private bool _ended;

    /// <summary>Bytes of content handed out.</summary>
    public long BytesRead { get; private set; }

    /// <summary>Whole lines that were read before a failure but not handed out.</summary>
    public int LinesLost { get; private set; }

    /// <summary>Reads the next whole lines.</summary>
    /// <param name="buffer">As large as a block.</param>
    /// <param name="length">The length of the lines in it, their breaks included.</param>
    /// <param name="longLine">
    /// The length of a line that is longer than a block: its beginning is in the buffer, the rest is skipped. 0 for whole lines.
    /// </param>
    /// <returns>False at the end.</returns>
    public bool TryRead(byte[] buffer, out int length, out long longLine)
    {
        longLine = 0;
        length = 0;
        _carry.AsSpan(0, _carried).CopyTo(buffer);
        int filled = Fill(buffer, _carried);
        _carried = 0;
        if (filled == 0)
        {
            return false;
        }

        int end = buffer.AsSpan(0, filled).LastIndexOf((byte)'\n') + 1;
        if (_ended)
        {
            end = filled;
        }
        else if (end == 0)
        {
            longLine = SkipLine(buffer.Length);
            length = filled;
            BytesRead += longLine;
            return true;
        }

        _carried = filled - end;
        buffer.AsSpan(end, _carried).CopyTo(_carry);
        length = end;
        BytesRead += end;
        return true;
    }

    private int Fill(byte[] buffer, int filled)
    {
        try
        {
            while (filled < buffer.Length && !_ended)
            {
                int read = stream.Read(buffer, filled, buffer.Length - filled);
                _ended = read == 0;
                filled += read;
            }
        }
        catch (InvalidDataException)
        {
            LinesLost = buffer.AsSpan(0, filled).Count((byte)'\n');
            BytesRead += filled;
            throw;
        }

        return filled;
    }

    // The rest of the line is read and dropped; what follows it is carried over.
    private long SkipLine(long length)
    {
        while (!_ended)
        {
            int read = stream.Read(_carry, 0, _carry.Length);
            _ended = read == 0;
            int end = _carry.AsSpan(0, read).IndexOf((byte)'\n');
            if (end >= 0)
            {
                _carried = read - end - 1;
                _carry.AsSpan(end + 1, _carried).CopyTo(_carry);
                return length + end + 1;
            }

            length += read;
        }

        return length;
    }
}
