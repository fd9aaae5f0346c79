using Tandem.Components.Metadata;
using Tandem.Components.RabbitMq.Connection;
using Tandem.Components.RabbitMq.PubSub;
using Tandem.Components.Tests.PubSub;
using Tandem.Testing;
using static Tandem.Components.Tests.RabbitMq.RabbitMqParts;

namespace Tandem.Components.Tests.RabbitMq;

/// <summary>What stands between a component and its server: one message for each, which names the field and no secret.</summary>
[Collection(RabbitMqFixture.Collection)]
public sealed class RabbitMqConnectionTests(RabbitMqFixture fixture)
{
    [Theory]
    [InlineData("amqp://guest:wr0ng@127.0.0.1:{port}", "refused")]
    [InlineData("amqp://nobody:wr0ng@127.0.0.1:{port}", "refused")]
    [InlineData("amqp://guest:guest@127.0.0.1:{port}/wr0ng-host", "wr0ng-host")]
    [InlineData("amqp://nowhere:p%40ss@127.0.0.1:{port}", "refused")]
    public async Task Start_LoginIsTurnedDown_NamesTheFieldAtOnce(string url, string said)
    {
        var fault = await Assert.ThrowsAsync<ComponentMetadataException>(() => fixture.StartAsync(("connectionString", At(url))).WithinAsync());
        Assert.Equal("connectionString", fault.Field);
        Assert.Contains(said, fault.Message, StringComparison.Ordinal);
        Assert.Contains($"127.0.0.1:{fixture.Server.Port}", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("p@ss", fault.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(":wr0ng@", fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_PasswordOfItsOwn_IsTheFieldThatIsNamed()
    {
        var fault = await Assert.ThrowsAsync<ComponentMetadataException>(
            () => fixture.StartAsync(("hostname", $"127.0.0.1:{fixture.Server.Port}"), ("username", "guest"), ("password", "wr0ng")).WithinAsync());
        Assert.Equal("password", fault.Field);
        Assert.DoesNotContain("wr0ng", fault.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("amqp://guest:s3cret@127.0.0.1:1", "127.0.0.1:1")]
    [InlineData("amqp://guest:s3cret@no-such-host.invalid", "no-such-host.invalid:5672")]
    [InlineData("amqp://guest:s3cret@127.0.0.1:{tls}", "127.0.0.1:{tls}")]
    public async Task Start_NobodyAnswers_IsToldWhenItsTimeIsOver(string url, string said)
    {
        using var time = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        var pubSub = (RabbitMqPubSub)Contexts.Catalog().PubSubs.Create(fixture.Context(null, ("connectionString", At(url))));
        await using (pubSub)
        {
            var fault = await Assert.ThrowsAsync<BrokerException>(() => pubSub.InitializeAsync(time.Token).AsTask().WithinAsync());
            Assert.Contains(At(said), fault.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("s3cret", fault.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Start_TlsWithTheRightAuthority_Works()
    {
        await using var pubSub = await fixture.StartAsync(("connectionString", At("amqps://guest:guest@localhost:{tls}")), ("caCert", fixture.Authority), ("publisherConfirm", "true")).WithinAsync();
        var (topic, text) = (Topic(), new string('x', 200_000));
        var recorder = new Recorder();
        await using var subscription = await pubSub.SubscribeAsync(Subscription(topic), recorder.Handler, default);
        await pubSub.PublishAsync(Request(topic, text), default).WithinAsync();
        Assert.Equal(text, await recorder.NextTextAsync());
    }

    [Fact]
    public async Task Start_SaslExternal_TheCertificateIsTheLogin()
    {
        await using var pubSub = await fixture.StartAsync(
            ("connectionString", At("amqps://localhost:{tls}")), ("saslExternal", "true"), ("caCert", fixture.Authority), ("clientCert", fixture.ClientCertificate), ("clientKey", fixture.ClientKey), ("publisherConfirm", "true"), ("clientName", "by-certificate")).WithinAsync();
        await pubSub.PublishAsync(Request(Topic(), "x"), default).WithinAsync();
        Assert.Contains(
            await fixture.Server.ControlAsync("list_connections", "user", "client_properties"),
            static line => line.StartsWith("tandem-client", StringComparison.Ordinal) && line.Contains("by-certificate", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Start_CertificateOfAnother_NamesTheField()
    {
        var untrusted = await Assert.ThrowsAsync<ComponentMetadataException>(() => fixture.StartAsync(("connectionString", At("amqps://guest:guest@localhost:{tls}"))).WithinAsync());
        Assert.Equal("connectionString", untrusted.Field);
        Assert.Contains("trust", untrusted.Message, StringComparison.Ordinal);

        var other = await Assert.ThrowsAsync<ComponentMetadataException>(
            () => fixture.StartAsync(("connectionString", At("amqps://guest:guest@localhost:{tls}")), ("caCert", fixture.ClientCertificate)).WithinAsync());
        Assert.Equal("caCert", other.Field);

        var misnamed = await Assert.ThrowsAsync<ComponentMetadataException>(
            () => fixture.StartAsync(("connectionString", At("amqps://guest:guest@127.0.0.1:{tls}")), ("caCert", fixture.Authority)).WithinAsync());
        Assert.Contains("not for '127.0.0.1'", misnamed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_TlsWhereNoneIsSpoken_SaysSo()
    {
        using var time = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        var pubSub = (RabbitMqPubSub)Contexts.Catalog().PubSubs.Create(fixture.Context(null, ("connectionString", At("amqps://guest:s3cret@127.0.0.1:{port}"))));
        await using (pubSub)
        {
            var fault = await Assert.ThrowsAnyAsync<Exception>(() => pubSub.InitializeAsync(time.Token).AsTask().WithinAsync());
            Assert.True(fault is BrokerException or ComponentMetadataException, fault.ToString());
            Assert.Contains("TLS", fault.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("s3cret", fault.ToString(), StringComparison.Ordinal);
        }
    }

    private string At(string url) => url
        .Replace("{port}", $"{fixture.Server.Port}", StringComparison.Ordinal)
        .Replace("{tls}", $"{fixture.TlsPort}", StringComparison.Ordinal);
}
