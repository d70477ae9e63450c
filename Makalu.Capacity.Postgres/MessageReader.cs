using System.Buffers.Binary;
using System.Text;

namespace Makalu.Capacity.Postgres;

/// <summary>Reads the content of messages of PostgreSQL's protocol.</summary>
internal static class MessageReader
{
    /// <summary>The columns' names of a RowDescription.</summary>
    public static string[] Columns(ReadOnlySpan<byte> content)
    {
        var columns = new string[BinaryPrimitives.ReadInt16BigEndian(content)];
        int at = 2;
        for (int i = 0; i < columns.Length; i++)
        {
            columns[i] = Text(content, ref at);
            at += 18;
        }

        return columns;
    }

    /// <summary>The values of a DataRow, as text.</summary>
    public static string?[] Values(ReadOnlySpan<byte> content)
    {
        var values = new string?[BinaryPrimitives.ReadInt16BigEndian(content)];
        int at = 2;
        for (int i = 0; i < values.Length; i++)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(content[at..]);
            at += 4;
            if (length >= 0)
            {
                values[i] = Encoding.UTF8.GetString(content.Slice(at, length));
                at += length;
            }
        }

        return values;
    }

    /// <summary>SQLSTATE and message of an ErrorResponse.</summary>
    public static (string? State, string? Message) Error(ReadOnlySpan<byte> content)
    {
        string? state = null;
        string? message = null;
        int at = 0;
        while (at < content.Length && content[at] != 0)
        {
            char field = (char)content[at++];
            string value = Text(content, ref at);
            state = field == 'C' ? value : state;
            message = field == 'M' ? value : message;
        }

        return (state, message);
    }

    private static string Text(ReadOnlySpan<byte> content, ref int at)
    {
        int length = content[at..].IndexOf((byte)0);
        string text = Encoding.UTF8.GetString(content.Slice(at, length));
        at += length + 1;
        return text;
    }
}

/// <summary>A row that the console answered: values by their columns' names.</summary>
internal sealed class ConsoleRow(string[] columns, string?[] values)
{
    /// <summary>The value of a column; null where it is null or there is no such column, as other versions have other columns.</summary>
    public string? this[string column] => Array.IndexOf(columns, column) is >= 0 and var i ? values[i] : null;

    public string? First => values.FirstOrDefault();
}
