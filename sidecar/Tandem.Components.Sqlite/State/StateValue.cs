using System.Buffers;
using System.Buffers.Text;
using System.Text.Unicode;
using Tandem.Components.Sqlite.Database;
using Tandem.Components.State;

namespace Tandem.Components.Sqlite.State;

/// <summary>How Dapr's layout keeps a value: text as it is, anything else in base64 with <c>is_binary</c> set.</summary>
internal static class StateValue
{
    /// <summary>Binds a value and its <c>is_binary</c>, which follows it.</summary>
    public static void Bind(SqliteStatement statement, int index, ReadOnlySpan<byte> value)
    {
        if (Utf8.IsValid(value) && !value.Contains((byte)0))
        {
            statement.BindText(index, value).Bind(index + 1, 0);
            return;
        }

        var encoded = ArrayPool<byte>.Shared.Rent(Base64.GetMaxEncodedToUtf8Length(value.Length));
        Base64.EncodeToUtf8(value, encoded, out _, out var length);
        statement.BindText(index, encoded.AsSpan(0, length)).Bind(index + 1, 1);
        ArrayPool<byte>.Shared.Return(encoded);
    }

    /// <summary>Reads the columns value, is_binary, etag, expiration_time.</summary>
    public static StateItem Read(SqliteStatement row, string key)
    {
        var stored = row.Bytes(0);
        var value = row.Int64(1) == 0 ? stored.ToArray() : Decode(stored, key);
        return new StateItem(key, value, row.Text(2), SqliteTime.FromText(row.TextOrNull(3)));
    }

    private static byte[] Decode(ReadOnlySpan<byte> encoded, string key)
    {
        var decoded = new byte[Base64.GetMaxDecodedFromUtf8Length(encoded.Length)];
        return Base64.DecodeFromUtf8(encoded, decoded, out _, out var length) == OperationStatus.Done
            ? decoded[..length]
            : throw new InvalidDataException($"The stored value of '{key}' is marked as binary and is not base64.");
    }
}
