using System.Collections.Concurrent;
using Tandem.Testing;

namespace Tandem.Services.Tests.Defaults;

/// <summary>
/// Where the services of the tests keep their data: in SQLite files of their folder or, with <c>TEST_DATABASE=postgres</c> in the
/// environment, in databases of a real server, one for each folder and name.
/// </summary>
internal static class TestDatabase
{
    private static readonly ConcurrentDictionary<string, Lazy<string>> Databases = new(StringComparer.Ordinal);

    /// <summary>Whether it is a PostgreSQL.</summary>
    public static bool IsPostgreSql { get; } = Environment.GetEnvironmentVariable("TEST_DATABASE") switch
    {
        null or "" or "sqlite" => false,
        "postgres" => true,
        var other => throw new InvalidOperationException($"TEST_DATABASE must be sqlite or postgres, not {other}."),
    };

    /// <summary>The connection string of a service that keeps its data in that folder.</summary>
    public static string ConnectionString(string folder, string name)
        => IsPostgreSql
            ? Databases.GetOrAdd(Path.Combine(folder, name), static _ => new Lazy<string>(static () => Task.Run(CreateAsync).GetAwaiter().GetResult())).Value
            : $"Data Source={Path.Combine(folder, name)}.db";

    private static async Task<string> CreateAsync()
    {
        var server = await PostgreSqlServer.SharedAsync();
        return server.Url(await server.CreateDatabaseAsync());
    }
}
