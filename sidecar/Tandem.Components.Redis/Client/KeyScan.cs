namespace Tandem.Components.Redis.Client;

/// <summary>Looks through the whole database for keys.</summary>
internal static class KeyScan
{
    private const string KeysAtOnce = "1000";

    /// <summary>The keys of one type that match a pattern, each once and in order.</summary>
    public static async Task<IReadOnlyCollection<string>> FindKeysAsync(this RedisClient client, string pattern, string type, CancellationToken cancellationToken)
    {
        var keys = new SortedSet<string>(StringComparer.Ordinal);
        var cursor = "0";
        do
        {
            var page = (await client.ExecuteAsync(new TextCommand("SCAN", cursor, "MATCH", pattern, "COUNT", KeysAtOnce, "TYPE", type), cancellationToken)).Items;
            cursor = page[0].Text;
            keys.UnionWith(page[1].Items.Select(static key => key.Text));
        }
        while (cursor != "0");

        return keys;
    }
}
