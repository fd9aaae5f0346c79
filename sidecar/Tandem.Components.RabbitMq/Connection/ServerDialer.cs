using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Tandem.Components.Metadata;

namespace Tandem.Components.RabbitMq.Connection;

/// <summary>Makes one connection, or says in one sentence why there is none.</summary>
internal sealed class ServerDialer(ServerOptions options)
{
    private const ushort AccessRefused = 403;
    private const ushort NotAllowed = 530;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Connects and logs in.</summary>
    /// <exception cref="BrokerException">The server cannot be reached.</exception>
    /// <exception cref="ComponentMetadataException">The server turned the login, the virtual host or TLS down.</exception>
    public async Task<IConnection> DialAsync(CancellationToken cancellationToken)
    {
        string? distrust = null;
        var server = options.Server;
        var factory = new ConnectionFactory
        {
            HostName = server.Host,
            Port = server.Port,
            UserName = server.Username,
            Password = server.Password,
            VirtualHost = server.VirtualHost,
            RequestedHeartbeat = options.Heartbeat,
            RequestedConnectionTimeout = Patience,
            ClientProvidedName = options.ClientName,
            // Channels and consumers are made again by those who need them, with what they have learnt meanwhile.
            AutomaticRecoveryEnabled = false,
            TopologyRecoveryEnabled = false,
        };
        if (options.SaslExternal)
        {
            factory.AuthMechanisms = [new ExternalMechanismFactory()];
        }

        if (server.UseTls)
        {
            factory.Ssl = new SslOption(server.Host, enabled: true)
            {
                Certs = options.ClientCertificate is { } certificate ? [certificate] : null,
                CertificateValidationCallback = (_, presented, chain, errors) => (distrust = FindFault(presented, chain, errors)) is null,
            };
        }

        IConnection? connection = null;
        try
        {
            connection = await factory.CreateConnectionAsync(cancellationToken);
            // The library does not wait for the server's word on the virtual host; a channel has to.
            await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
            return connection;
        }
        catch (Exception exception)
        {
            if (connection is not null)
            {
                await connection.DisposeAsync();
            }

            if (cancellationToken.IsCancellationRequested)
            {
                throw new OperationCanceledException(exception.Message, exception, cancellationToken);
            }

            throw Explain(exception, distrust);
        }
    }

    /// <summary>What is wrong with the server's certificate; <see langword="null"/> when it is good.</summary>
    private string? FindFault(X509Certificate? presented, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable) || presented is null)
        {
            return "the server shows no certificate";
        }

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            return $"the server's certificate is not for '{options.Server.Host}'";
        }

        if (options.Authorities is null)
        {
            return errors is SslPolicyErrors.None ? null : "the server's certificate is signed by nobody whom this machine trusts";
        }

        using var own = new X509Chain();
        own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        own.ChainPolicy.CustomTrustStore.AddRange(options.Authorities);
        foreach (var element in chain?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
        {
            own.ChainPolicy.ExtraStore.Add(element.Certificate);
        }

        using var certificate = X509CertificateLoader.LoadCertificate(presented.GetRawCertData());
        return own.Build(certificate) ? null : "the server's certificate is not signed by caCert";
    }

    private Exception Explain(Exception exception, string? distrust)
    {
        var causes = CausesOf(exception).ToList();
        if (causes.Exists(static cause => cause is AuthenticationFailureException))
        {
            return Refused(options.SaslExternal ? "clientCert" : options.Server.PasswordField, "the login was refused: user or password is wrong");
        }

        if (causes.Find(static cause => cause.Message.StartsWith("No compatible authentication mechanism", StringComparison.Ordinal)) is { } mechanism)
        {
            return Refused(options.SaslExternal ? "saslExternal" : options.Server.PasswordField, mechanism.Message);
        }

        if (causes.OfType<OperationInterruptedException>().Select(static cause => cause.ShutdownReason).FirstOrDefault(static reason => reason is not null) is { } reason)
        {
            return reason.ReplyCode is NotAllowed or AccessRefused
                ? Refused(options.Server.PasswordField, reason.ReplyText)
                : Unreachable($"{reason.ReplyText} ({Hint})");
        }

        if (causes.Exists(static cause => cause is AuthenticationException))
        {
            return Refused(options.Authorities is null ? options.Server.PasswordField : "caCert", $"no TLS with it: {distrust ?? Innermost(exception)}");
        }

        return causes.Find(static cause => cause is SocketException) is { } socket ? Unreachable(socket.Message)
            : causes.Exists(static cause => cause is OperationCanceledException or TimeoutException) ? Unreachable($"no answer ({Hint})")
            : Unreachable($"{Innermost(exception)} ({Hint})");

        ComponentMetadataException Refused(string field, string why) => new(field, $"does not open RabbitMQ at {options.Address}: {why}", exception);

        BrokerException Unreachable(string why) => new($"cannot connect to RabbitMQ at {options.Address}: {why}", exception, mayPass: true);
    }

    private static IEnumerable<Exception> CausesOf(Exception exception)
        => (exception is AggregateException many ? many.InnerExceptions.SelectMany(CausesOf) : exception.InnerException is { } inner ? CausesOf(inner) : []).Prepend(exception);

    private string Hint => options.Server.UseTls ? "does the server speak TLS at this port?" : "does the server want TLS, amqps, at this port?";

    private static string Innermost(Exception exception) => exception.GetBaseException().Message;
}
