using Tandem.Components.Metadata;

namespace Tandem.Components.Sqlite.Database;

/// <summary>Which database file a component uses, and how.</summary>
internal sealed record SqliteOptions
{
    /// <summary>The file's full path, or the name of a database in memory.</summary>
    public required string Path { get; init; }

    /// <summary>The database lives in this process's memory only.</summary>
    public bool InMemory { get; init; }

    /// <summary>How long a write may wait in all for other processes that hold the file.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long one attempt waits for a lock that another process holds.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Uses a rollback journal, for file systems on which write-ahead logs do not work.</summary>
    public bool DisableWal { get; init; }

    /// <summary>Reads the fields that all components on SQLite share.</summary>
    public static SqliteOptions Parse(ComponentContext context) => Parse(context, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(2));

    /// <summary>Reads the fields that all components on SQLite share, with a component's own defaults.</summary>
    public static SqliteOptions Parse(ComponentContext context, TimeSpan defaultTimeout, TimeSpan defaultBusyTimeout)
        => SqliteConnectionString.Parse(context.Metadata.GetRequiredString("connectionString"), context) with
        {
            Timeout = Positive(context.Metadata, "timeout", defaultTimeout),
            BusyTimeout = Positive(context.Metadata, "busyTimeout", defaultBusyTimeout),
            DisableWal = context.Metadata.GetBool("disableWAL", defaultValue: false),
        };

    private static TimeSpan Positive(ComponentMetadata metadata, string field, TimeSpan defaultValue)
    {
        var value = metadata.GetDuration(field, defaultValue);
        return value > TimeSpan.Zero ? value : throw new ComponentMetadataException(field, "must be greater than zero");
    }
}
