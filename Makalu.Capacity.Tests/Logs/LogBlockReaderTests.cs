using System.Text;
using CsCheck;
using Makalu.Capacity.Logs;

namespace Makalu.Capacity.Tests.Logs;

[TestClass]
public class LogBlockReaderTests
{
    [TestMethod]
    public void TryRead_GivesEveryLineOnceForAnyBlockSize()
        => Gen.Select(Gen.Int[0, 60].Array[0, 30], Gen.Int[8, 64], Gen.Bool).Sample((lengths, blockSize, endsWithBreak) =>
        {
            string[] lines = [.. lengths.Select((length, i) => new string((char)('a' + (i % 26)), length))];
            string text = string.Join('\n', lines) + (endsWithBreak ? "\n" : "");
            using var stream = new MemoryStream(Encoding.ASCII.GetBytes(text));
            var reader = new LogBlockReader(stream, blockSize);
            var buffer = new byte[blockSize];
            var read = new StringBuilder();
            while (reader.TryRead(buffer, out int length, out long longLine))
            {
                string block = Encoding.ASCII.GetString(buffer, 0, length);
                if (longLine == 0)
                {
                    read.Append(block);
                    continue;
                }

                // Only its beginning is given, and its whole length: the rest is what the text has there.
                Assert.IsGreaterThanOrEqualTo(blockSize, (int)longLine);
                Assert.AreEqual(text.Substring(read.Length, length), block);
                read.Append(text.AsSpan(read.Length, (int)longLine));
            }

            Assert.AreEqual(text, read.ToString());
            Assert.AreEqual(text.Length, reader.BytesRead);
        });
}
