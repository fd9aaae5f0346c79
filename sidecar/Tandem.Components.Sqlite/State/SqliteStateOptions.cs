using Tandem.Components.Sqlite.Database;

namespace Tandem.Components.Sqlite.State;

/// <summary>The metadata of <c>state.sqlite</c>.</summary>
internal sealed record SqliteStateOptions(SqliteOptions Database, string TableName, string MetadataTableName, TimeSpan CleanupInterval)
{
    public static SqliteStateOptions Parse(ComponentContext context) => new(
        SqliteOptions.Parse(context),
        SqliteIdentifier.Parse(context.Metadata, "tableName", "state"),
        SqliteIdentifier.Parse(context.Metadata, "metadataTableName", "metadata"),
        context.Metadata.GetDuration("cleanupInterval", TimeSpan.Zero));
}
