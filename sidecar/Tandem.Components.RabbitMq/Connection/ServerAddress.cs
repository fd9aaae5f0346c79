using Tandem.Components.Metadata;

namespace Tandem.Components.RabbitMq.Connection;

/// <summary>Where the server is and who logs in, from <c>connectionString</c> or from the single fields.</summary>
/// <param name="PasswordField">The metadata field that the password came from.</param>
internal sealed record ServerAddress(string Host, int Port, bool UseTls, string Username, string Password, string VirtualHost, string PasswordField)
{
    private const string ConnectionString = "connectionString";
    private const string Guest = "guest";
    private const int PlainPort = 5672;
    private const int TlsPort = 5671;

    public static ServerAddress Parse(ComponentMetadata metadata)
    {
        var protocol = metadata.GetString("protocol");
        if (protocol is not (null or "amqp" or "amqps"))
        {
            throw new ComponentMetadataException("protocol", $"must be amqp or amqps, not '{protocol}'");
        }

        // `host` is what Dapr called connectionString at first, and still takes.
        var field = metadata.GetString(ConnectionString) is null && metadata.GetString("host") is not null ? "host" : ConnectionString;
        if (metadata.GetString(field) is { } text)
        {
            return ParseUri(field, text, protocol);
        }

        var useTls = protocol is "amqps";
        var host = metadata.GetString("hostname") ?? "localhost";
        return Uri.TryCreate($"{protocol ?? "amqp"}://{host}", UriKind.Absolute, out var uri) && uri is { UserInfo: "", PathAndQuery: "" or "/" }
            ? new ServerAddress(
                uri.IdnHost, PortOf(uri, useTls), useTls, metadata.GetString("username") ?? Guest, metadata.GetString("password") ?? Guest, "/", "password")
            : throw new ComponentMetadataException("hostname", "must be a host, with or without a port");
    }

    private static ServerAddress ParseUri(string field, string text, string? protocol)
    {
        // Never quoted in a message: it holds the password.
        if (!Uri.TryCreate(text.Trim(), UriKind.Absolute, out var uri) || uri.Scheme is not ("amqp" or "amqps"))
        {
            throw new ComponentMetadataException(field, "must be of the form amqp://user:password@host:port/vhost, or the same with amqps");
        }

        if (uri.Query.Length > 1)
        {
            throw new ComponentMetadataException(field, "cannot have parameters after a '?': say heartBeat, caCert, clientCert and clientKey in fields of their own");
        }

        if (protocol is not null && protocol != uri.Scheme)
        {
            throw new ComponentMetadataException("protocol", $"says {protocol} where {field} says {uri.Scheme}");
        }

        var useTls = uri.Scheme is "amqps";
        var (username, password) = uri.UserInfo.Split(':', 2) switch
        {
            [""] => (Guest, Guest),
            [var name] => (Uri.UnescapeDataString(name), ""),
            var parts => (Uri.UnescapeDataString(parts[0]), Uri.UnescapeDataString(parts[1])),
        };
        return new ServerAddress(
            uri.IdnHost.Length == 0 ? "localhost" : uri.IdnHost,
            PortOf(uri, useTls),
            useTls,
            username,
            password,
            uri.AbsolutePath.Length > 1 ? Uri.UnescapeDataString(uri.AbsolutePath[1..]) : "/",
            field);
    }

    private static int PortOf(Uri uri, bool useTls) => uri.Port > 0 ? uri.Port : useTls ? TlsPort : PlainPort;
}
