using Tandem.Components.Metadata;
using Tandem.Components.PostgreSql.Connection;

namespace Tandem.Components.PostgreSql.State;

/// <summary>The metadata of <c>state.postgresql</c> beside the server's.</summary>
/// <param name="Layout">How the table looks.</param>
/// <param name="CleanupInterval">How often expired values are deleted; <see langword="null"/> for never.</param>
internal sealed record PostgreSqlStateOptions(StateLayout Layout, TimeSpan? CleanupInterval)
{
    public static PostgreSqlStateOptions ParseV1(ComponentMetadata metadata)
        => new(new JsonLayout(TableName.Parse("tableName", metadata.GetString("tableName") ?? "state"), ParseMetadataTable(metadata)), ParseInterval(metadata));

    public static PostgreSqlStateOptions ParseV2(ComponentMetadata metadata)
    {
        if (metadata.GetString("tableName") is not null)
        {
            throw new ComponentMetadataException("tableName", "is a field of version v1; v2 has tablePrefix, and the table's name is that and 'state'");
        }

        var prefix = metadata.GetString("tablePrefix") ?? "";
        return new(new BytesLayout(TableName.Parse("tablePrefix", prefix + "state"), ParseMetadataTable(metadata), prefix), ParseInterval(metadata));
    }

    private static string ParseMetadataTable(ComponentMetadata metadata) => TableName.Parse("metadataTableName", metadata.GetString("metadataTableName") ?? "dapr_metadata");

    private static TimeSpan? ParseInterval(ComponentMetadata metadata)
        => PostgreSqlOptions.GetDuration(metadata, "cleanupInterval", "cleanupIntervalInSeconds", TimeSpan.FromHours(1)) is var interval && interval > TimeSpan.Zero
            ? interval
            : null;
}
