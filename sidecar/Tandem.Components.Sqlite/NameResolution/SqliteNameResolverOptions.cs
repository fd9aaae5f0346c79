using Tandem.Components.Metadata;
using Tandem.Components.Sqlite.Database;

namespace Tandem.Components.Sqlite.NameResolution;

/// <summary>The configuration of <c>nameresolution.sqlite</c>; the names and defaults are Dapr's.</summary>
internal sealed record SqliteNameResolverOptions(
    SqliteOptions Database, string TableName, string MetadataTableName, TimeSpan UpdateInterval, TimeSpan CleanupInterval)
{
    public static SqliteNameResolverOptions Parse(ComponentContext context)
    {
        var updateInterval = context.Metadata.GetDuration("updateInterval", TimeSpan.FromSeconds(5));
        return new SqliteNameResolverOptions(
            SqliteOptions.Parse(context, TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(800)),
            SqliteIdentifier.Parse(context.Metadata, "tableName", "hosts"),
            SqliteIdentifier.Parse(context.Metadata, "metadataTableName", "metadata"),
            updateInterval >= TimeSpan.FromSeconds(1)
                ? updateInterval
                : throw new ComponentMetadataException("updateInterval", "must be at least one second"),
            context.Metadata.GetDuration("cleanupInterval", TimeSpan.FromHours(1)));
    }
}
