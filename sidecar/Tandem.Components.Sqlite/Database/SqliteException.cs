using SQLitePCL;

namespace Tandem.Components.Sqlite.Database;

/// <summary>SQLite refused a statement; the message is SQLite's own, with the file's name.</summary>
internal sealed class SqliteException(string message, int code) : Exception(message)
{
    /// <summary>SQLite's primary result code.</summary>
    public int Code { get; } = code & 0xff;

    /// <summary>Another connection holds the lock: trying again can help.</summary>
    public bool IsBusy => Code is raw.SQLITE_BUSY or raw.SQLITE_LOCKED;

    /// <summary>Throws unless the result code is one of success.</summary>
    public static void ThrowIfFailed(int code, sqlite3? database, string path)
    {
        if (code is not (raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE))
        {
            throw Create(code, database, path);
        }
    }

    private static SqliteException Create(int code, sqlite3? database, string path)
    {
        var detail = database is null ? raw.sqlite3_errstr(code).utf8_to_string() : raw.sqlite3_errmsg(database).utf8_to_string();
        return new SqliteException($"SQLite database {path}: {detail} (code {code})", code);
    }
}
