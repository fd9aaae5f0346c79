using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Tandem.Components.Metadata;

namespace Tandem.Components.Kafka.Client;

/// <summary>
/// Hears what goes wrong on the client's connections, which it makes again by itself. People are told once that the brokers are gone and
/// once that they are back, however often it was tried in between.
/// </summary>
internal sealed partial class FaultWatch(KafkaOptions options, ILogger logger)
{
    private volatile Error? _last;
    private int _isDown;

    /// <summary>What went wrong last, in words for people.</summary>
    public string? Reason => _last is { } error ? Describe(error) : null;

    /// <summary>What no waiting will mend: the brokers do not take this side for whom it says it is, or the other way round.</summary>
    public ComponentMetadataException? Decisive => _last switch
    {
        { Code: ErrorCode.Local_Authentication } => new ComponentMetadataException(options.Security.SecretField, $"(or the fields beside it) was not accepted by {options.Address}: the login failed"),
        { Code: ErrorCode.Local_Ssl } error => new ComponentMetadataException("caCert", $"(or the TLS fields beside it) does not fit {options.Address}: {Describe(error)}"),
        _ => null,
    };

    public void OnError(Error error)
    {
        if (error.Code is ErrorCode.Local_AllBrokersDown)
        {
            // It only follows from what was said before.
            SayDown(_last ?? error);
            return;
        }

        _last = error;
        if (error.IsFatal || error.Code is ErrorCode.Local_Authentication or ErrorCode.Local_Ssl)
        {
            SayDown(error);
        }
        else
        {
            Log.Error(logger, options.Address, error.Code, error.Reason);
        }
    }

    /// <summary>The producer goes on without what the brokers did not grant it.</summary>
    public void OnDowngrade(string reason) => Log.Downgraded(logger, options.Address, reason);

    /// <summary>What the client library writes, which is for those who look for the cause of something.</summary>
    public void OnLog(LogMessage message) => Log.Said(logger, message.Level, message.Facility, message.Message);

    /// <summary>Something went through.</summary>
    public void OnSuccess()
    {
        if (_last is null)
        {
            return;
        }

        _last = null;
        if (Interlocked.Exchange(ref _isDown, 0) == 1)
        {
            Log.Up(logger, options.Address);
        }
    }

    private void SayDown(Error error)
    {
        if (Interlocked.Exchange(ref _isDown, 1) == 0)
        {
            Log.Down(logger, options.Address, Describe(error));
        }
    }

    private static string Describe(Error error) => error.Code switch
    {
        ErrorCode.Local_AllBrokersDown => "no broker can be reached",
        ErrorCode.Local_Resolve => "brokers names a host that is not known",
        ErrorCode.Local_Authentication => "the login failed",
        ErrorCode.Local_Ssl when error.Reason.Contains("certificate verify failed", StringComparison.Ordinal) => "the broker's certificate is not trusted, or is for another host",
        ErrorCode.Local_Ssl when error.Reason.Contains("wrong version number", StringComparison.Ordinal) => "the broker does not speak TLS at this port; disableTls or another port",
        ErrorCode.Local_Ssl => "TLS could not be agreed upon",
        _ when error.Reason.Contains("security.protocol", StringComparison.Ordinal) => "the broker broke the connection off at once, as one does that wants TLS or a login; see authType and disableTls",
        _ when error.Reason.Contains("Connection refused", StringComparison.Ordinal) => "the connection was refused",
        _ => error.Reason,
    };

    private static partial class Log
    {
        [LoggerMessage(3301, LogLevel.Warning, "Kafka at {Address} cannot be reached, and is tried again until it can: {Reason}")]
        public static partial void Down(ILogger logger, string address, string reason);

        [LoggerMessage(3302, LogLevel.Information, "Kafka at {Address} can be reached again")]
        public static partial void Up(ILogger logger, string address);

        [LoggerMessage(3303, LogLevel.Debug, "Kafka at {Address}: {Code}: {Reason}")]
        public static partial void Error(ILogger logger, string address, ErrorCode code, string reason);

        [LoggerMessage(3305, LogLevel.Warning, "Kafka at {Address} does not let the producer have an ID; messages that are sent again may be there twice: {Reason}")]
        public static partial void Downgraded(ILogger logger, string address, string reason);

        [LoggerMessage(3304, LogLevel.Debug, "librdkafka ({Level}, {Facility}): {Text}")]
        public static partial void Said(ILogger logger, SyslogLevel level, string facility, string text);
    }
}
