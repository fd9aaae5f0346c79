using System.Globalization;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Tandem.Components.Bindings;
using Tandem.Components.PostgreSql.Connection;

namespace Tandem.Components.PostgreSql.Bindings;

/// <summary>
/// <c>bindings.postgresql</c>: statements of the app's own. The metadata has the statement (<c>sql</c>, parameters as $1, $2 …) and a JSON
/// array with their values (<c>params</c>), which never become part of it.
/// </summary>
internal sealed class PostgreSqlBinding(PostgreSqlClient client, TimeProvider timeProvider) : IOutputBinding, IInitializable, IAsyncDisposable
{
    private const string Exec = "exec";
    private const string Query = "query";
    private const string Close = "close";

    private int _isClosed;

    /// <inheritdoc/>
    public IReadOnlyList<string> Operations { get; } = [Exec, Query, Close];

    /// <inheritdoc/>
    public ValueTask InitializeAsync(CancellationToken cancellationToken) => client.InitializeAsync(static (_, _) => Task.CompletedTask, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<BindingResponse?> InvokeAsync(BindingRequest request, CancellationToken cancellationToken)
    {
        switch (request.Operation)
        {
            case Close:
                await DisposeAsync();
                return null;
            case Exec or Query when Volatile.Read(ref _isClosed) != 0:
                throw new BindingException("the binding was closed by its operation 'close'");
            case Exec or Query:
                break;
            default:
                throw new BindingException($"operation '{request.Operation}' is not supported; supported are {string.Join(", ", Operations)}");
        }

        if (!request.Metadata.TryGetValue("sql", out var sql) || string.IsNullOrWhiteSpace(sql))
        {
            throw new BindingException("metadata 'sql' is required: the statement");
        }

        var parameters = ReadParameters(request.Metadata.GetValueOrDefault("params"));
        var started = timeProvider.GetUtcNow();
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["operation"] = request.Operation,
            ["sql"] = sql,
            ["start-time"] = TimeText(started),
        };
        ReadOnlyMemory<byte> data = default;
        try
        {
            // A statement may do anything, so it is never sent twice.
            if (request.Operation is Exec)
            {
                var changed = await client.RunAsync(ExecuteAsync, (sql, parameters), mayRepeat: false, cancellationToken);
                metadata["rows-affected"] = Math.Max(0, changed).ToString(CultureInfo.InvariantCulture);
            }
            else
            {
                data = await client.RunAsync(QueryAsync, (sql, parameters), mayRepeat: false, cancellationToken);
            }
        }
        catch (Exception exception) when (exception is NpgsqlException or PostgreSqlUnavailableException or InvalidCastException)
        {
            throw new BindingException($"the statement failed: {(exception is PostgreSqlUnavailableException ? exception.Message : Faults.Reason(exception))}", exception);
        }

        var ended = timeProvider.GetUtcNow();
        metadata["end-time"] = TimeText(ended);
        metadata["duration"] = string.Create(CultureInfo.InvariantCulture, $"{(ended - started).TotalMilliseconds:0.######}ms");
        return new BindingResponse(data, request.Operation is Query ? "application/json" : null, metadata);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Interlocked.Exchange(ref _isClosed, 1) == 0 ? client.DisposeAsync() : ValueTask.CompletedTask;

    private static async ValueTask<int> ExecuteAsync(NpgsqlConnection connection, (string Sql, List<object> Parameters) request, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, request);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async ValueTask<ReadOnlyMemory<byte>> QueryAsync(
        NpgsqlConnection connection, (string Sql, List<object> Parameters) request, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, request);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await RowWriter.WriteAsync(reader, cancellationToken);
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, (string Sql, List<object> Parameters) request)
    {
        var command = new NpgsqlCommand(request.Sql, connection);
        foreach (var value in request.Parameters)
        {
            // As text of no type: the server knows from the statement what each has to be.
            command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Unknown, Value = value });
        }

        return command;
    }

    private static List<object> ReadParameters(string? json)
    {
        if (string.IsNullOrWhiteSpace(json))
        {
            return [];
        }

        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind is JsonValueKind.Array
                ? [.. document.RootElement.EnumerateArray().Select(static value => value.ValueKind is JsonValueKind.Null ? DBNull.Value : (object)TextOf(value))]
                : throw new BindingException("metadata 'params' must be a JSON array");
        }
        catch (JsonException exception)
        {
            throw new BindingException("metadata 'params' must be a JSON array", exception);
        }
    }

    /// <summary>A value as PostgreSQL reads it: an array in braces, an object as JSON.</summary>
    private static string TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Array => $"{{{string.Join(',', value.EnumerateArray().Select(ItemOf))}}}",
        _ => value.GetRawText(),
    };

    private static string ItemOf(JsonElement item) => item.ValueKind switch
    {
        JsonValueKind.Null => "NULL",
        JsonValueKind.Array => TextOf(item),
        _ => $"\"{TextOf(item).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"",
    };

    private static string TimeText(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);
}
