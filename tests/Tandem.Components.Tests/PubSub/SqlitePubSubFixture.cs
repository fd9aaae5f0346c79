using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Tandem.Components.PubSub;
using Tandem.Components.Sqlite.Database;
using Tandem.Components.Sqlite.PubSub;
using Tandem.Testing;

namespace Tandem.Components.Tests.PubSub;

/// <summary>Makes <c>pubsub.sqlite</c> components on one file, each apart from the others as in another process.</summary>
public abstract class SqlitePubSubFixture : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<SqlitePubSub> _started = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var pubSub in _started)
        {
            await pubSub.DisposeAsync();
        }

        _folder.Dispose();
    }

    private protected string DatabaseFile => _folder["pubsub.db"];

    private protected static PublishRequest Request(string topic, string text, params (string Name, string Value)[] metadata)
        => new(topic, Encoding.UTF8.GetBytes(text), "text/plain", metadata.ToDictionary(static pair => pair.Name, static pair => pair.Value));

    private protected static SubscribeRequest Group(string topic, string group, params (string Name, string Value)[] metadata)
        => new(topic, group, metadata.ToDictionary(static pair => pair.Name, static pair => pair.Value));

    private protected async Task<SqlitePubSub> StartAsync(TimeProvider? timeProvider = null, params (string Name, string Value)[] metadata)
    {
        var fields = new Dictionary<string, string> { ["connectionString"] = "pubsub.db", ["retryInterval"] = "5ms", ["pollInterval"] = "5ms" };
        foreach (var (name, value) in metadata)
        {
            fields[name] = value;
        }

        var context = Contexts.Create("pubsub.sqlite", _folder.Path, timeProvider, [.. fields.Select(static pair => (pair.Key, pair.Value))]);
        var options = SqlitePubSubOptions.Parse(context);
        var pubSub = new SqlitePubSub(options, context.TimeProvider, NullLogger<SqlitePubSub>.Instance);
        await pubSub.InitializeAsync(SqliteDatabase.OpenApart(options.Database), CancellationToken.None);
        _started.Add(pubSub);
        return pubSub;
    }

    private protected async Task StopAsync(SqlitePubSub pubSub)
    {
        _started.Remove(pubSub);
        await pubSub.DisposeAsync();
    }

    private protected long ReadNumber(string sql)
    {
        using var connection = SqliteConnection.Open(new SqliteOptions { Path = DatabaseFile }, readOnly: true);
        return connection.ReadInt64(sql);
    }
}
