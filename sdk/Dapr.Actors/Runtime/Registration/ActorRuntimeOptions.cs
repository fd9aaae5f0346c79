using System.Text.Json;

namespace Dapr.Actors.Runtime;

/// <summary>Which actors the app hosts, and how. What is not set is the sidecar's default.</summary>
public sealed class ActorRuntimeOptions
{
    private TimeSpan? _actorIdleTimeout;
    private TimeSpan? _actorScanInterval;
    private TimeSpan? _drainOngoingCallTimeout;
    private int? _remindersStoragePartitions;
    private ActorReentrancyConfig _reentrancyConfig = new();
    private JsonSerializerOptions _jsonSerializerOptions = new(JsonSerializerDefaults.Web);

    /// <summary>The hosted actor types.</summary>
    public ActorRegistrationCollection Actors { get; } = [];

    /// <summary>After how long without a call an actor is deactivated.</summary>
    public TimeSpan? ActorIdleTimeout
    {
        get => _actorIdleTimeout;
        set => _actorIdleTimeout = Positive(value, nameof(ActorIdleTimeout));
    }

    /// <summary>How often idle actors are looked for.</summary>
    public TimeSpan? ActorScanInterval
    {
        get => _actorScanInterval;
        set => _actorScanInterval = Positive(value, nameof(ActorScanInterval));
    }

    /// <summary>How long a running turn may go on when its actor moves elsewhere.</summary>
    public TimeSpan? DrainOngoingCallTimeout
    {
        get => _drainOngoingCallTimeout;
        set => _drainOngoingCallTimeout = Positive(value, nameof(DrainOngoingCallTimeout));
    }

    /// <summary>Whether running turns are waited for when actors move elsewhere.</summary>
    public bool DrainRebalancedActors { get; set; }

    /// <summary>Whether chains of calls may come back.</summary>
    public ActorReentrancyConfig ReentrancyConfig
    {
        get => _reentrancyConfig;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            _reentrancyConfig = value;
        }
    }

    /// <summary>Arguments and results are always JSON here; the property is there because the official package's default is another format.</summary>
    public bool UseJsonSerialization { get; set; }

    /// <summary>The options that arguments, results and state are serialized with.</summary>
    public JsonSerializerOptions JsonSerializerOptions
    {
        get => _jsonSerializerOptions;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            _jsonSerializerOptions = value;
        }
    }

    /// <summary>The token that the sidecar asks of its callers.</summary>
    public string? DaprApiToken { get; set; } = DaprDefaults.GetApiToken();

    /// <summary>Into how many parts the reminders are stored.</summary>
    public int? RemindersStoragePartitions
    {
        get => _remindersStoragePartitions;
        set
        {
            if (value is { } parts)
            {
                ArgumentOutOfRangeException.ThrowIfNegativeOrZero(parts);
            }

            _remindersStoragePartitions = value;
        }
    }

    /// <summary>The address of the sidecar's HTTP API.</summary>
    public string? HttpEndpoint { get; set; } = DaprDefaults.GetHttpEndpoint();

    private static TimeSpan? Positive(TimeSpan? value, string name)
        => value is { } time && time <= TimeSpan.Zero ? throw new ArgumentOutOfRangeException(name, value, "The time must be positive.") : value;
}
