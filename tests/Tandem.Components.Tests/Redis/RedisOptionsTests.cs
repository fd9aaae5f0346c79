using Tandem.Components.Metadata;
using Tandem.Components.Redis.Client;
using Tandem.Components.State;
using Tandem.Testing;

namespace Tandem.Components.Tests.Redis;

/// <summary>What a component says of its server: every field is read, and one that cannot be used is named.</summary>
public sealed class RedisOptionsTests
{
    [Theory]
    [InlineData("state.redis", "redisHost", "")]
    [InlineData("state.redis", "redisHost", "a:6379,b:6379")]
    [InlineData("state.redis", "redisHost", ":6379")]
    [InlineData("state.redis", "redisHost", "a:0")]
    [InlineData("state.redis", "redisHost", "a:port")]
    [InlineData("state.redis", "redisPort", "70000")]
    [InlineData("state.redis", "redisPort", "6380")]
    [InlineData("state.redis", "redisDB", "-1")]
    [InlineData("state.redis", "redisDB", "first")]
    [InlineData("state.redis", "redisUsername", "ann")]
    [InlineData("state.redis", "redisType", "cluster")]
    [InlineData("state.redis", "redisType", "ring")]
    [InlineData("state.redis", "failover", "true")]
    [InlineData("state.redis", "failover", "maybe")]
    [InlineData("state.redis", "useOIDC", "true")]
    [InlineData("state.redis", "useEntraID", "true")]
    [InlineData("state.redis", "enableTLS", "perhaps")]
    [InlineData("state.redis", "insecureSkipTLSVerify", "perhaps")]
    [InlineData("state.redis", "clientCert", "no PEM")]
    [InlineData("state.redis", "clientKey", "no PEM")]
    [InlineData("state.redis", "dialTimeout", "soon")]
    [InlineData("state.redis", "readTimeout", "3 s")]
    [InlineData("state.redis", "writeTimeout", "x")]
    [InlineData("state.redis", "poolSize", "-2")]
    [InlineData("state.redis", "poolTimeout", "x")]
    [InlineData("state.redis", "maxConnAge", "x")]
    [InlineData("state.redis", "minIdleConns", "x")]
    [InlineData("state.redis", "idleCheckFrequency", "x")]
    [InlineData("state.redis", "idleTimeout", "x")]
    [InlineData("state.redis", "redisMaxRetries", "-2")]
    [InlineData("state.redis", "redisMinRetryInterval", "x")]
    [InlineData("state.redis", "redisMaxRetryInterval", "9999999h")]
    [InlineData("state.redis", "ttlInSeconds", "soon")]
    [InlineData("state.redis", "queryIndexes", "[]")]
    [InlineData("pubsub.redis", "redisHost", "")]
    [InlineData("pubsub.redis", "processingTimeout", "x")]
    [InlineData("pubsub.redis", "redeliverInterval", "x")]
    [InlineData("pubsub.redis", "queueDepth", "0")]
    [InlineData("pubsub.redis", "concurrency", "0")]
    [InlineData("pubsub.redis", "maxLenApprox", "-1")]
    [InlineData("pubsub.redis", "streamTTL", "x")]
    public void Create_WrongField_IsNamed(string type, string field, string value)
    {
        var metadata = new Dictionary<string, string> { ["redisHost"] = "localhost:6379", [field] = value };
        if (field is "clientCert")
        {
            metadata["clientKey"] = "no PEM";
        }

        var context = Contexts.Create(type, Path.GetTempPath(), null, [.. metadata.Select(static pair => (pair.Key, pair.Value))]);
        var fault = Assert.Throws<ComponentMetadataException>(() =>
        {
            object component = type.StartsWith("state", StringComparison.Ordinal) ? Contexts.Catalog().StateStores.Create(context) : Contexts.Catalog().PubSubs.Create(context);
            Assert.Fail($"{component} was made");
        });
        Assert.Equal(field is "clientKey" ? "clientCert" : field, fault.Field);
    }

    [Theory]
    [InlineData("localhost", null, "localhost", 6379)]
    [InlineData("localhost:6380", null, "localhost", 6380)]
    [InlineData("localhost", "6381", "localhost", 6381)]
    [InlineData("localhost:6381", "6381", "localhost", 6381)]
    [InlineData("[::1]:6380", null, "::1", 6380)]
    [InlineData("::1", null, "::1", 6379)]
    public void Parse_EachFormOfAddress_IsUnderstood(string redisHost, string? redisPort, string host, int port)
    {
        var options = RedisOptions.Parse(Metadata(("redisHost", redisHost), ("redisPort", redisPort ?? "")));
        Assert.Equal((host, port), (options.Host, options.Port));
    }

    [Fact]
    public void Parse_NumbersAndDurations_ReadAsDaprReadsThem()
    {
        var options = RedisOptions.Parse(Metadata(
            ("redisHost", "localhost"), ("readTimeout", "-1"), ("dialTimeout", "250"), ("redisMaxRetries", "0"), ("redisMinRetryInterval", "1s"), ("redisMaxRetryInterval", "3s")));

        Assert.Equal(Timeout.InfiniteTimeSpan, options.ReadTimeout);
        Assert.Equal(TimeSpan.FromMilliseconds(250), options.DialTimeout);
        Assert.Equal(3, options.MaxRetries);
        Assert.Equal([1, 2, 3, 3], Enumerable.Range(0, 4).Select(attempt => options.DelayBefore(attempt).TotalSeconds));
    }

    [Fact]
    public async Task Start_PasswordAndDatabase_AreUsed()
    {
        using var server = RedisServer.With("--requirepass", "right", "--user", "ann", "on", ">of-ann", "~*", "+@all");
        await server.StartAsync();
        await using var store = await RedisParts.StartStoreAsync(server, ("redisUsername", "ann"), ("redisPassword", "of-ann"), ("redisDB", "5"));
        await store.SetAsync(new StateSet("key", "1"u8.ToArray()), default);

        Assert.Equal("1", (await server.ExecuteAsync("--user", "ann", "--pass", "of-ann", "--no-auth-warning", "-n", "5", "EXISTS", "key"))[0]);
    }

    [Theory]
    [InlineData("wrong-secret", "WRONGPASS")]
    [InlineData("", "NOAUTH")]
    public async Task Start_WrongPassword_SaysSoWithoutShowingIt(string password, string reason)
    {
        using var server = RedisServer.With("--requirepass", "right");
        await server.StartAsync();

        var fault = await Assert.ThrowsAsync<RedisUnavailableException>(() => RedisParts.StartStoreAsync(server, ("redisPassword", password)));
        Assert.Contains(reason, fault.Message, StringComparison.Ordinal);
        Assert.Contains(server.Address, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-secret", fault.ToString(), StringComparison.Ordinal);
    }

    private static ComponentMetadata Metadata(params (string Name, string Value)[] fields)
        => new(fields.ToDictionary(static field => field.Name, static field => field.Value));
}
