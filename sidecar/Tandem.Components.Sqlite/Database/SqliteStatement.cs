using System.Buffers;
using System.Globalization;
using System.Text;
using SQLitePCL;

namespace Tandem.Components.Sqlite.Database;

/// <summary>
/// A prepared statement of one connection. Disposing it resets it and gives it back to the connection, which keeps it prepared
/// (or frees it, when it was prepared for one use).
/// Parameters count from 1, columns from 0, as in SQLite.
/// </summary>
internal sealed class SqliteStatement(sqlite3_stmt handle, sqlite3 database, string path, bool isKept = true) : IDisposable
{
    private const int StackBytes = 512;

    public SqliteStatement Bind(int index, long value)
    {
        Check(raw.sqlite3_bind_int64(handle, index, value));
        return this;
    }

    public SqliteStatement Bind(int index, long? value) => value is { } number ? Bind(index, number) : BindNull(index);

    public SqliteStatement Bind(int index, double value)
    {
        Check(raw.sqlite3_bind_double(handle, index, value));
        return this;
    }

    public SqliteStatement Bind(int index, string? value)
    {
        if (value is null)
        {
            return BindNull(index);
        }

        var size = Encoding.UTF8.GetMaxByteCount(value.Length);
        byte[]? rented = null;
        var buffer = size <= StackBytes ? stackalloc byte[StackBytes] : rented = ArrayPool<byte>.Shared.Rent(size);
        BindText(index, buffer[..Encoding.UTF8.GetBytes(value, buffer)]);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return this;
    }

    /// <summary>Binds UTF-8 text.</summary>
    public SqliteStatement BindText(int index, ReadOnlySpan<byte> utf8)
    {
        // A null pointer would bind NULL, and that is what an empty span turns into.
        Check(utf8.IsEmpty ? raw.sqlite3_bind_text(handle, index, "") : raw.sqlite3_bind_text(handle, index, utf8));
        return this;
    }

    public SqliteStatement BindBlob(int index, ReadOnlySpan<byte> value)
    {
        Check(value.IsEmpty ? raw.sqlite3_bind_zeroblob(handle, index, 0) : raw.sqlite3_bind_blob(handle, index, value));
        return this;
    }

    public SqliteStatement BindNull(int index)
    {
        Check(raw.sqlite3_bind_null(handle, index));
        return this;
    }

    /// <summary>Goes to the next row; false when there is none.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(handle);
        if (code == raw.SQLITE_ROW)
        {
            return true;
        }

        Check(code);
        return false;
    }

    /// <summary>Runs a statement whose rows are of no interest; answers how many rows it changed.</summary>
    public int Run()
    {
        while (Step())
        {
        }

        return raw.sqlite3_changes(database);
    }

    public bool IsNull(int column) => raw.sqlite3_column_type(handle, column) == raw.SQLITE_NULL;

    public long Int64(int column) => raw.sqlite3_column_int64(handle, column);

    public string Text(int column) => Encoding.UTF8.GetString(Bytes(column));

    public string? TextOrNull(int column) => IsNull(column) ? null : Text(column);

    /// <summary>The bytes of a blob or the UTF-8 of a text, valid until the next step.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(handle, column);

    public void Dispose()
    {
        if (!isKept)
        {
            Close();
            return;
        }

        // A failed step reports its error again here; it was thrown already.
        _ = raw.sqlite3_reset(handle);
        _ = raw.sqlite3_clear_bindings(handle);
    }

    /// <summary>Frees the statement for good.</summary>
    public void Close() => handle.Dispose();

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{raw.sqlite3_sql(handle).utf8_to_string()}");

    private void Check(int code) => SqliteException.ThrowIfFailed(code, database, path);
}
