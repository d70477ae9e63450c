using System.IO.Compression;
using System.Text;
using CsCheck;
using Makalu.Capacity.Logs;

namespace Makalu.Capacity.Tests.Logs;

[TestClass]
public class VerifiedGzipStreamTests
{
    [TestMethod]
    public void Read_GivesTheContentOfAllMembersForAnyReadSize()
        => Gen.Select(Gen.Byte.Array[0, 20_000], Gen.Int[0, 20_000], Gen.Int[1, 5000]).Sample((content, split, readSize) =>
        {
            split = Math.Min(split, content.Length);
            using var stream = new VerifiedGzipStream(new MemoryStream([.. Pack(content.AsSpan(0, split)), .. Pack(content.AsSpan(split))]));
            CollectionAssert.AreEqual(content, ReadAll(stream, readSize));
        }, iter: 200);

    [TestMethod]
    public void Read_WhenCutAnywhere_GivesTheBeginningAndThenFails()
    {
        byte[] content = Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Range(0, 400).Select(i => $"line {i * 7919 % 1000} of a log")));
        byte[] packed = Pack(content);
        for (int length = 3; length < packed.Length; length++)
        {
            using var stream = new VerifiedGzipStream(new MemoryStream(packed, 0, length));
            var read = new List<byte>();
            var buffer = new byte[100];
            Assert.ThrowsExactly<InvalidDataException>(
                () =>
                {
                    for (int count = stream.Read(buffer); count > 0; count = stream.Read(buffer))
                    {
                        read.AddRange(buffer[..count]);
                    }
                },
                $"cut at {length} of {packed.Length}");
            Assert.IsTrue(content.AsSpan().StartsWith(read.ToArray()), $"nothing invented when cut at {length}");
        }
    }

    [TestMethod]
    public void Read_WhenOtherBytesFollow_IgnoresThem()
    {
        byte[] content = [1, 2, 3];
        using var stream = new VerifiedGzipStream(new MemoryStream([.. Pack(content), .. new byte[600]]));
        CollectionAssert.AreEqual(content, ReadAll(stream, 100));
    }

    private static byte[] ReadAll(Stream stream, int readSize)
    {
        using var copy = new MemoryStream();
        stream.CopyTo(copy, readSize);
        return copy.ToArray();
    }

    private static byte[] Pack(ReadOnlySpan<byte> content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(content);
        }

        return packed.ToArray();
    }
}
