using System.Text.RegularExpressions;
using Tandem.Components.Metadata;
using Tandem.Components.PostgreSql.Connection;

namespace Tandem.Components.PostgreSql.Configuration;

/// <summary>The metadata of <c>configuration.postgresql</c> beside the server's.</summary>
/// <param name="Table">The table with the columns key, value, version and metadata.</param>
/// <param name="NotifyChannel">The channel on which the table's trigger says what changed; <see langword="null"/> when nothing can be subscribed to.</param>
internal sealed partial record PostgreSqlConfigurationOptions(string Table, string? NotifyChannel)
{
    public static PostgreSqlConfigurationOptions Parse(ComponentMetadata metadata)
    {
        var field = metadata.GetString("notifyChannel") is null ? "pgNotifyChannel" : "notifyChannel";
        var channel = metadata.GetString(field);
        return channel is null || Name().IsMatch(channel)
            ? new PostgreSqlConfigurationOptions(TableName.Parse("table", metadata.GetRequiredString("table")), channel)
            : throw new ComponentMetadataException(field, $"must be a name of lower-case letters, digits and underscores, of 63 at most, not '{channel}'");
    }

    [GeneratedRegex("^[a-z0-9_]{1,63}$")]
    private static partial Regex Name();
}
