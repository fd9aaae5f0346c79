using System.Reflection;
using Dapper;

namespace Tandem.ServiceDefaults;

/// <summary>
/// Runs the embedded Migrations/*.sql once each, in the order of their names: first those of this library, then the service's. A name that
/// ends in <c>.sqlite.sql</c> or <c>.postgresql.sql</c> is for that database alone.
/// </summary>
internal static class Migrator
{
    private const string Folder = ".Migrations.";
    private static readonly string[] Engines = ["sqlite", "postgresql"];

    public static Task RunAsync(Database database, DatabaseEngine engine, Assembly service, TimeProvider time, CancellationToken cancellationToken)
        => database.MigrateAsync(
            engine,
            async transaction =>
            {
                var connection = transaction.Connection!;
                await engine.PrepareAsync(transaction, cancellationToken);
                await transaction.LockAsync("migrations", cancellationToken);
                await connection.ExecuteAsync(
                    "CREATE TABLE IF NOT EXISTS schema_migrations (name VARCHAR(200) PRIMARY KEY, applied_at VARCHAR(40) NOT NULL)",
                    transaction: transaction);
                var applied = (await connection.QueryAsync<string>("SELECT name FROM schema_migrations", transaction: transaction))
                    .Select(Plain)
                    .ToHashSet(StringComparer.Ordinal);
                foreach (var (name, sql) in Find(engine.Name, typeof(Migrator).Assembly, "defaults/").Concat(Find(engine.Name, service, "")))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    if (applied.Contains(Plain(name)))
                    {
                        continue;
                    }

                    try
                    {
                        await connection.ExecuteAsync(sql, transaction: transaction);
                    }
                    catch (System.Data.Common.DbException exception)
                    {
                        throw new InvalidOperationException($"Migration {name} failed: {exception.Message}", exception);
                    }

                    await connection.ExecuteAsync(
                        "INSERT INTO schema_migrations (name, applied_at) VALUES (@name, @now)",
                        new { name, now = time.GetUtcNow() },
                        transaction);
                }

                return applied.Count;
            },
            cancellationToken);

    private static IEnumerable<(string Name, string Sql)> Find(string engine, Assembly assembly, string prefix)
        => assembly.GetManifestResourceNames()
            .Where(static resource => resource.Contains(Folder, StringComparison.Ordinal) && resource.EndsWith(".sql", StringComparison.Ordinal))
            .Where(resource => IsFor(engine, resource))
            .OrderBy(static resource => resource, StringComparer.Ordinal)
            .Select(resource => (prefix + resource[(resource.LastIndexOf(Folder, StringComparison.Ordinal) + Folder.Length)..], Read(assembly, resource)));

    /// <summary>A migration stays the same when it gets a version for another database beside it.</summary>
    private static string Plain(string name)
    {
        foreach (var engine in Engines)
        {
            name = name.Replace($".{engine}.sql", ".sql", StringComparison.Ordinal);
        }

        return name;
    }

    private static bool IsFor(string engine, string resource)
        => Array.TrueForAll(Engines, other => other == engine || !resource.EndsWith($".{other}.sql", StringComparison.Ordinal));

    private static string Read(Assembly assembly, string resource)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd();
    }
}
