using System.Net.Sockets;
using System.Security.Authentication;
using Npgsql;
using Tandem.Components.Metadata;

namespace Tandem.Components.PostgreSql.Connection;

/// <summary>What a failure means: that the server is away, that somebody has to change a setting, or that two transactions met.</summary>
internal static class Faults
{
    /// <summary>The server is away for now: a connection could not be made or broke, the server starts or stops, or has no connection to spare.</summary>
    public static bool IsAway(Exception exception) => exception switch
    {
        PostgresException error => error.SqlState is "57P01" or "57P02" or "57P03" or "57P05" or "53300" or "08000" or "08001" or "08003" or "08004" or "08006",
        NpgsqlException { InnerException: AuthenticationException } => false,
        NpgsqlException error => !IsTimeoutOfAnswer(error),
        SocketException or IOException or TimeoutException => true,
        _ => false,
    };

    /// <summary>The server took no part of it back by itself: two transactions waited for each other, or read what the other changed.</summary>
    public static bool IsCollision(Exception exception)
        => exception is PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure };

    /// <summary>What has to be changed before this works, by metadata field; <see langword="null"/> when waiting may help.</summary>
    public static ComponentMetadataException? NeedsChange(Exception exception, PostgreSqlOptions options)
    {
        var driver = options.Driver;
        var database = driver.Database ?? driver.Username;
        ComponentMetadataException Fault(string parameter, string problem) => new(options.FieldOf(parameter), problem, Safe(exception));
        if (exception is ComponentMetadataException known)
        {
            return known;
        }

        if (Find<PostgresException>(exception) is { } error)
        {
            return error.SqlState switch
            {
                PostgresErrorCodes.InvalidPassword => Fault("password", $"is not the password of the user '{driver.Username}' at {options.Address}"),
                PostgresErrorCodes.InvalidAuthorizationSpecification => Fault(
                    error.MessageText.Contains("pg_hba", StringComparison.Ordinal) ? "sslmode" : "user", $"does not let '{driver.Username}' in at {options.Address}: {error.MessageText}"),
                PostgresErrorCodes.InvalidCatalogName => Fault("dbname", $"names the database '{database}', which is not at {options.Address}"),
                PostgresErrorCodes.InsufficientPrivilege => Fault("user", $"names '{driver.Username}', who may not do what is needed in the database '{database}': {error.MessageText}"),
                PostgresErrorCodes.UndefinedObject or PostgresErrorCodes.InvalidParameterValue => Fault("options", $"has a setting that {options.Address} does not take: {error.MessageText}"),
                _ => null,
            };
        }

        if (Find<SocketException>(exception) is { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData })
        {
            return Fault("host", $"names the host '{driver.Host}', which is not known");
        }

        if (Find<AuthenticationException>(exception) is { } tls)
        {
            return Fault("sslrootcert", $"and sslmode do not lead to a secure connection with {options.Address}: {tls.Message}");
        }

        if (exception is NpgsqlException && exception.Message.Contains("SSL connection requested", StringComparison.Ordinal))
        {
            return Fault("sslmode", $"asks for TLS, which {options.Address} does not speak");
        }

        return exception switch
        {
            NpgsqlException { InnerException: null } when exception.Message.Contains("No password has been provided", StringComparison.Ordinal)
                => Fault("password", $"is required: {options.Address} asks for one"),
            System.Security.Cryptography.CryptographicException => Fault("sslcert", "and sslkey must name a certificate and its key in PEM"),
            NotSupportedException or ArgumentException => Fault("connectionString", $"cannot be used as it is: {exception.Message}"),
            _ => null,
        };
    }

    /// <summary>Why, in a line that shows no value of the connection string.</summary>
    public static string Reason(Exception exception) => exception switch
    {
        PostgresException error => $"{error.MessageText} ({error.SqlState})",
        _ when Find<SocketException>(exception) is { } socket => socket.Message,
        _ => exception.InnerException?.Message ?? exception.Message,
    };

    /// <summary>A command that the server did not answer in time is none that may be tried again: it may still be at work.</summary>
    private static bool IsTimeoutOfAnswer(NpgsqlException error) => error.InnerException is TimeoutException && error.Message.Contains("reading from stream", StringComparison.Ordinal);

    /// <summary>A server's message of a failed login can repeat what was sent; what is kept for the log cannot.</summary>
    private static Exception? Safe(Exception exception) => exception is PostgresException { SqlState: PostgresErrorCodes.InvalidPassword } ? null : exception;

    private static T? Find<T>(Exception? exception)
        where T : Exception
    {
        for (; exception is not null; exception = exception is AggregateException { InnerExceptions: [var first, ..] } ? first : exception.InnerException)
        {
            if (exception is T found)
            {
                return found;
            }
        }

        return null;
    }
}
