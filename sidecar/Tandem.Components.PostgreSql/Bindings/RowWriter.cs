using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Npgsql;

namespace Tandem.Components.PostgreSql.Bindings;

/// <summary>Writes what a query found as JSON: an array of rows, each an array of values in the order of the columns.</summary>
internal static class RowWriter
{
    public static async Task<ReadOnlyMemory<byte>> WriteAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        var buffer = new ArrayBufferWriter<byte>();
        await using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartArray();
        while (await reader.ReadAsync(cancellationToken))
        {
            writer.WriteStartArray();
            for (var column = 0; column < reader.FieldCount; column++)
            {
                Write(writer, reader, column);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndArray();
        await writer.FlushAsync(cancellationToken);
        return buffer.WrittenMemory;
    }

    private static void Write(Utf8JsonWriter writer, NpgsqlDataReader reader, int column)
    {
        if (reader.IsDBNull(column))
        {
            writer.WriteNullValue();
        }
        else if (reader.GetDataTypeName(column) is "json" or "jsonb")
        {
            writer.WriteRawValue(reader.GetString(column));
        }
        else
        {
            Write(writer, reader.GetValue(column));
        }
    }

    private static void Write(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null or DBNull:
                writer.WriteNullValue();
                break;
            case bool truth:
                writer.WriteBooleanValue(truth);
                break;
            case short or int or long or uint or ulong:
                writer.WriteNumberValue(Convert.ToDecimal(value, CultureInfo.InvariantCulture));
                break;
            case decimal number:
                writer.WriteNumberValue(number);
                break;
            case double number when double.IsFinite(number):
                writer.WriteNumberValue(number);
                break;
            case float number when float.IsFinite(number):
                writer.WriteNumberValue(number);
                break;
            case DateTime time:
                writer.WriteStringValue(time.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture));
                break;
            case DateOnly date:
                writer.WriteStringValue(date.ToString("O", CultureInfo.InvariantCulture));
                break;
            case byte[] bytes:
                writer.WriteBase64StringValue(bytes);
                break;
            case Array items:
                writer.WriteStartArray();
                foreach (var item in items)
                {
                    Write(writer, item);
                }

                writer.WriteEndArray();
                break;
            default:
                writer.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }
}
