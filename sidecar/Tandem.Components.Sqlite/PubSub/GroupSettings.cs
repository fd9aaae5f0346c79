using Microsoft.Extensions.Logging;
using Tandem.Components.Sqlite.Database;

namespace Tandem.Components.Sqlite.PubSub;

/// <summary>Which consumer group of which topic, and with what it works.</summary>
internal sealed record GroupSettings(
    SqliteDatabase Database,
    SqlitePubSubOptions Options,
    string Topic,
    long TopicId,
    string Name,
    long GroupId,
    string Owner,
    TimeProvider TimeProvider,
    ILogger Logger);
