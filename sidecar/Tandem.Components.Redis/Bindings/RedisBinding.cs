using System.Globalization;
using Tandem.Components.Bindings;
using Tandem.Components.Metadata;
using Tandem.Components.Redis.Client;

namespace Tandem.Components.Redis.Bindings;

/// <summary><c>bindings.redis</c>: single keys, by the request's metadata <c>key</c>.</summary>
internal sealed class RedisBinding(RedisClient client) : IOutputBinding, IInitializable, IAsyncDisposable
{
    /// <summary>Counts up and, where a time is given, says how long the key lives from now on.</summary>
    private static readonly RedisScript Increment = new(
        """
        local number = redis.call('INCR', KEYS[1])
        if ARGV[1] ~= '0' then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
        return number
        """);

    /// <inheritdoc/>
    public IReadOnlyList<string> Operations { get; } = ["create", "get", "delete", "increment"];

    /// <inheritdoc/>
    public ValueTask InitializeAsync(CancellationToken cancellationToken) => client.InitializeAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<BindingResponse?> InvokeAsync(BindingRequest request, CancellationToken cancellationToken)
    {
        if (!Operations.Contains(request.Operation))
        {
            throw new BindingException($"operation '{request.Operation}' is not one of bindings.redis: {string.Join(", ", Operations)}");
        }

        if (!request.Metadata.TryGetValue("key", out var key) || key.Length == 0)
        {
            throw new BindingException($"operation '{request.Operation}' needs the metadata 'key'");
        }

        try
        {
            switch (request.Operation)
            {
                case "create":
                    await client.ExecuteAsync(new SetKey(key, request.Unquoted(), TimeToLive(request)), cancellationToken);
                    return null;
                case "get":
                    return await GetAsync(key, request, cancellationToken);
                case "delete":
                    await client.ExecuteAsync(new TextCommand("DEL", key), cancellationToken);
                    return null;
                default:
                    await client.RunAsync(new CountUp(key, TimeToLive(request)), cancellationToken);
                    return null;
            }
        }
        catch (Exception exception) when (exception is RedisException or RedisUnavailableException)
        {
            throw new BindingException($"{request.Operation} failed: {exception.Message}", exception);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => client.DisposeAsync();

    /// <summary>The key's value, empty when there is none; with the metadata <c>delete</c> it is gone afterwards.</summary>
    private async ValueTask<BindingResponse> GetAsync(string key, BindingRequest request, CancellationToken cancellationToken)
    {
        var takes = request.Metadata.TryGetValue("delete", out var text)
            && (bool.TryParse(text, out var value) ? value : throw new BindingException("metadata 'delete' must be true or false"));
        var reply = takes
            ? await client.ExecuteAsync(new TakeKey(key), cancellationToken)
            : await client.ExecuteAsync(new TextCommand("GET", key), cancellationToken);
        return new BindingResponse(reply.Bytes, null, new Dictionary<string, string>());
    }

    private static TimeSpan? TimeToLive(BindingRequest request)
    {
        foreach (var name in (string[])["ttl", "ttlInSeconds"])
        {
            if (request.Metadata.TryGetValue(name, out var text) && text.Length > 0)
            {
                var isNumber = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds);
                var duration = TimeSpan.Zero;
                return (isNumber ? seconds is > 0 and <= int.MaxValue : GoDuration.TryParse(text, out duration) && duration >= TimeSpan.FromMilliseconds(1))
                    ? isNumber ? TimeSpan.FromSeconds(seconds) : duration
                    : throw new BindingException($"metadata '{name}' must be a number of seconds greater than zero, or a duration, not '{text}'");
            }
        }

        return null;
    }

    private readonly struct SetKey(string key, ReadOnlyMemory<byte> value, TimeSpan? timeToLive) : IRedisCommand
    {
        public bool MayRepeat => true;

        public int Replies => 1;

        public void Write(RespBuffer buffer)
        {
            buffer.Begin(timeToLive is null ? 3 : 5);
            buffer.Add("SET"u8);
            buffer.Add(key);
            buffer.Add(value.Span);
            if (timeToLive is { } time)
            {
                buffer.Add("PX"u8);
                buffer.Add((long)time.TotalMilliseconds);
            }
        }
    }

    private readonly struct TakeKey(string key) : IRedisCommand
    {
        /// <summary>A second try would find nothing.</summary>
        public bool MayRepeat => false;

        public int Replies => 1;

        public void Write(RespBuffer buffer)
        {
            buffer.Begin(2);
            buffer.Add("GETDEL"u8);
            buffer.Add(key);
        }
    }

    private readonly struct CountUp(string key, TimeSpan? timeToLive) : IScriptCall
    {
        /// <summary>A second try would count twice.</summary>
        public bool MayRepeat => false;

        public void Write(RespBuffer buffer, bool withSource)
        {
            Increment.Begin(buffer, withSource, keys: 1, arguments: 1);
            buffer.Add(key);
            buffer.Add((long)(timeToLive?.TotalMilliseconds ?? 0));
        }
    }
}
