using System.Data;
using System.Globalization;
using Dapper;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Tandem.ServiceDefaults;

/// <summary>
/// How .NET values are kept in columns. Times are UTC; where the database has no type for them, a text of fixed width that sorts as time does.
/// Columns are snake_case, properties PascalCase.
/// </summary>
internal static class SqlTypes
{
    private static readonly Lock Gate = new();
    private static bool _registered;

    public static void Register()
    {
        lock (Gate)
        {
            if (_registered)
            {
                return;
            }

            DefaultTypeMap.MatchNamesWithUnderscores = true;
            SqlMapper.RemoveTypeMap(typeof(DateTimeOffset));
            SqlMapper.RemoveTypeMap(typeof(DateTimeOffset?));
            SqlMapper.AddTypeHandler(typeof(DateTimeOffset), new TimeHandler());
            _registered = true;
        }
    }

    /// <summary>Dapper uses it for <c>DateTimeOffset?</c> too, and hands it the NULL of a column that is read by itself, such as an aggregate of no rows.</summary>
    private sealed class TimeHandler : SqlMapper.ITypeHandler
    {
        private const string Format = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";

        public void SetValue(IDbDataParameter parameter, object value)
        {
            if (parameter is NpgsqlParameter typed)
            {
                // Also for NULL: the server wants to know of what.
                typed.NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz;
            }

            if (value is not DateTimeOffset time)
            {
                parameter.Value = DBNull.Value;
            }
            else if (parameter is SqliteParameter)
            {
                parameter.DbType = DbType.String;
                parameter.Value = time.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);
            }
            else
            {
                parameter.Value = time.ToUniversalTime();
            }
        }

        public object? Parse(Type destinationType, object value) => value switch
        {
            string text => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal),
            DateTime time => new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc)),
            DateTimeOffset time => time.ToUniversalTime(),
            null or DBNull when Nullable.GetUnderlyingType(destinationType) is not null => null,
            _ => throw new DataException($"A time cannot be read from {value?.GetType().Name ?? "null"}."),
        };
    }
}
