using System.IO.Compression;

namespace Makalu.Capacity.Logs;

/// <summary>
/// Unpacks gzip, one member or several in a row, and throws <see cref="InvalidDataException"/> where the data end early:
/// <see cref="GZipStream"/> alone takes a truncated file for a whole one.
/// </summary>
/// <remarks>
/// A small member of known content is appended to the input. It comes out whole exactly if the data before it ended with a whole
/// member. An unpacker that does not ask for it has met the end, and other bytes after it, which are ignored as gzip(1) does.
/// </remarks>
internal sealed class VerifiedGzipStream : InputOnlyStream
{
    private static readonly byte[] Marker = "8f6d2c1b-the-end"u8.ToArray();
    private static readonly byte[] MarkerMember = Pack(Marker);

    private readonly Tail _input;
    private readonly GZipStream _gzip;
    private bool _ended;
    private InvalidDataException? _failure;

    public VerifiedGzipStream(Stream packed)
    {
        _input = new Tail(packed);
        _gzip = new GZipStream(_input, CompressionMode.Decompress);
    }

    public override int Read(Span<byte> buffer)
    {
        if (_failure is not null)
        {
            throw _failure;
        }

        if (buffer.IsEmpty || _ended)
        {
            return 0;
        }

        try
        {
            int read = ReadVerified(buffer);
            _ended = read == 0;
            return read;
        }
        catch (InvalidDataException e)
        {
            // Reading on must not look like the end.
            _failure = e;
            throw;
        }
    }

    private int ReadVerified(Span<byte> buffer)
    {
        // The unpacker asks for more input only when it has put out all that the input before it gave: what comes out of a call
        // in which it got the marker is the marker.
        int read = _gzip.Read(buffer);
        if (!_input.MarkerServed)
        {
            return read;
        }

        Span<byte> tail = stackalloc byte[Marker.Length + 1];
        int count = Math.Min(read, tail.Length);
        buffer[..count].CopyTo(tail);
        for (int more = read; more > 0 && count < tail.Length; count += more)
        {
            more = _gzip.Read(tail[count..]);
        }

        return tail[..count].SequenceEqual(Marker) ? 0 : throw new InvalidDataException("The gzip data end before their end mark.");
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _gzip.Dispose();
        }

        base.Dispose(disposing);
    }

    private static byte[] Pack(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(content);
        }

        return packed.ToArray();
    }

    /// <summary>The packed bytes followed by the marker's member.</summary>
    private sealed class Tail(Stream packed) : InputOnlyStream
    {
        private int _served = -1;

        public bool MarkerServed => _served >= 0;

        public override int Read(Span<byte> buffer)
        {
            if (_served < 0)
            {
                int read = packed.Read(buffer);
                if (read > 0 || buffer.IsEmpty)
                {
                    return read;
                }

                _served = 0;
            }

            int count = Math.Min(buffer.Length, MarkerMember.Length - _served);
            MarkerMember.AsSpan(_served, count).CopyTo(buffer);
            _served += count;
            return count;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                packed.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
