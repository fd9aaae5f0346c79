using System.Text.Json;

namespace Dapr.Actors.Client;

/// <summary>How proxies reach actors.</summary>
public class ActorProxyOptions
{
    private JsonSerializerOptions _jsonSerializerOptions = new(JsonSerializerDefaults.Web);

    /// <summary>The options that arguments and results are serialized with.</summary>
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

    /// <summary>The address of the sidecar's HTTP API.</summary>
    public string HttpEndpoint { get; set; } = DaprDefaults.GetHttpEndpoint();

    /// <summary>The longest that one call may take.</summary>
    public TimeSpan? RequestTimeout { get; set; }

    /// <summary>Arguments and results are always JSON here; the property is there because the official package's default is another format.</summary>
    public bool UseJsonSerialization { get; set; }
}
