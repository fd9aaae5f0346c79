using Tandem.Components.Kafka.Client;
using Tandem.Components.Metadata;

namespace Tandem.Components.Tests.Kafka;

/// <summary>What the fields mean to the client library, and which cannot be used.</summary>
public sealed class KafkaOptionsTests
{
    [Fact]
    public void Parse_OnlyWhatIsRequired_HasDaprsDefaults()
    {
        var options = Parse();
        var producer = ClientSettings.ForProducer(options, ClientSettings.MayBeIdempotent(options));
        var consumer = ClientSettings.ForConsumer(options, "app");

        Assert.Equal("localhost:9092", producer["bootstrap.servers"]);
        Assert.Equal("plaintext", producer["security.protocol"]);
        Assert.Equal(("all", "5", "30000", "none", "fnv1a_random"), (producer["acks"], producer["retries"], producer["message.timeout.ms"], producer["compression.type"], producer["partitioner"]));
        Assert.Equal(("true", "5"), (producer["enable.idempotence"], producer["max.in.flight"]));
        Assert.False(producer.ContainsKey("message.max.bytes"));
        Assert.False(producer.ContainsKey("api.version.request"));
        Assert.Equal(("app", "latest", "10000", "3000", "range"), (consumer["group.id"], consumer["auto.offset.reset"], consumer["session.timeout.ms"], consumer["heartbeat.interval.ms"], consumer["partition.assignment.strategy"]));
        Assert.Equal(("1", "1048576", "256"), (consumer["fetch.min.bytes"], consumer["fetch.message.max.bytes"], consumer["queued.min.messages"]));
        Assert.Equal("false", consumer["enable.auto.offset.store"]);
        Assert.Equal((true, TimeSpan.FromMilliseconds(100)), (options.Retries, options.RetryInterval));
    }

    [Fact]
    public void Parse_EveryField_ReachesTheClient()
    {
        var options = Parse(
            ("brokers", "one, two:9093"), ("clientID", "shop"), ("initialOffset", "Oldest"), ("maxMessageBytes", "2000000"), ("consumeRetryInterval", "250"), ("consumeRetryEnabled", "false"),
            ("heartbeatInterval", "1s"), ("sessionTimeout", "20s"), ("version", "0.9.0.1"), ("channelBufferSize", "10"), ("consumerFetchMin", "100"), ("consumerFetchDefault", "2097152"),
            ("clientConnectionTopicMetadataRefreshInterval", "1m"), ("clientConnectionKeepAliveInterval", "30s"), ("dialTimeout", "3s"), ("readTimeout", "4s"), ("writeTimeout", "5s"), ("metadataTimeout", "6s"),
            ("producerRequiredAcks", "local"), ("producerRetryMax", "7"), ("compression", "zstd"), ("consumerGroupRebalanceStrategy", "roundrobin"), ("schemaCachingEnabled", "true"));
        var producer = ClientSettings.ForProducer(options, ClientSettings.MayBeIdempotent(options));
        var consumer = ClientSettings.ForConsumer(options, "app");

        Assert.Equal("one:9092,two:9093", producer["bootstrap.servers"]);
        Assert.Equal(("shop", "1", "7", "5000", "zstd", "2001024"), (producer["client.id"], producer["acks"], producer["retries"], producer["message.timeout.ms"], producer["compression.type"], producer["message.max.bytes"]));
        Assert.Equal(("3000", "4000", "60000"), (producer["socket.connection.setup.timeout.ms"], producer["socket.timeout.ms"], producer["topic.metadata.refresh.interval.ms"]));
        Assert.Equal(("false", "1"), (producer["enable.idempotence"], producer["max.in.flight"]));
        Assert.Equal(("0.9.0.1", "false"), (producer["broker.version.fallback"], producer["api.version.request"]));
        Assert.Equal(("earliest", "20000", "1000", "roundrobin"), (consumer["auto.offset.reset"], consumer["session.timeout.ms"], consumer["heartbeat.interval.ms"], consumer["partition.assignment.strategy"]));
        Assert.Equal(("100", "2097152", "10"), (consumer["fetch.min.bytes"], consumer["fetch.message.max.bytes"], consumer["queued.min.messages"]));
        Assert.Equal((false, TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(6)), (options.Retries, options.RetryInterval, options.MetadataTimeout));
    }

    [Theory]
    [InlineData("producerRequiredAcks", "local")]
    [InlineData("producerRetryMax", "0")]
    [InlineData("version", "0.10.2.0")]
    public void MayBeIdempotent_WhatItNeedsIsMissing_SendsOneBatchAtATime(string field, string value)
        => Assert.False(ClientSettings.MayBeIdempotent(Parse((field, value))));

    [Theory]
    [InlineData("PLAINTEXT", "false", "sasl_ssl", "PLAIN")]
    [InlineData("SHA-256", "true", "sasl_plaintext", "SCRAM-SHA-256")]
    [InlineData("SHA-512", "false", "sasl_ssl", "SCRAM-SHA-512")]
    public void Parse_Password_IsALogin(string mechanism, string disableTls, string protocol, string expected)
    {
        var settings = Parse(("authType", "password"), ("saslUsername", "ann"), ("saslPassword", "secret"), ("saslMechanism", mechanism), ("disableTls", disableTls)).Security.Settings;

        Assert.Equal((protocol, expected, "ann", "secret"), (settings["security.protocol"], settings["sasl.mechanism"], settings["sasl.username"], settings["sasl.password"]));
    }

    [Fact]
    public void Parse_SkipVerify_AsksForNoCertificate()
    {
        var settings = Parse(("authType", "password"), ("saslUsername", "ann"), ("saslPassword", "secret"), ("skipVerify", "true")).Security.Settings;

        Assert.Equal(("false", "none"), (settings["enable.ssl.certificate.verification"], settings["ssl.endpoint.identification.algorithm"]));
    }

    [Theory]
    [InlineData("authRequired", "false", "plaintext")]
    [InlineData("authRequired", "true", "sasl_ssl")]
    public void Parse_TheFieldBeforeAuthType_StillCounts(string field, string value, string protocol)
        => Assert.Equal(protocol, Parse(("authType", ""), (field, value), ("saslUsername", "ann"), ("saslPassword", "secret")).Security.Settings["security.protocol"]);

    [Theory]
    [InlineData("brokers", "", "is required")]
    [InlineData("brokers", " , ", "names no broker")]
    [InlineData("brokers", "localhost:port", "must be hosts with ports")]
    [InlineData("brokers", "kafka://localhost:9092", "must be hosts with ports")]
    [InlineData("authType", "", "is required: none, password, mtls or certificate")]
    [InlineData("authType", "magic", "must be none, password, mtls or certificate, not 'magic'")]
    [InlineData("authType", "oidc", "login by OIDC is not supported")]
    [InlineData("authType", "awsiam", "login by AWS IAM is not supported")]
    [InlineData("initialOffset", "middle", "must be newest or oldest, not 'middle'")]
    [InlineData("version", "new", "must be a version of Kafka such as 2.0.0")]
    [InlineData("compression", "rar", "must be none, gzip, snappy, lz4 or zstd, not 'rar'")]
    [InlineData("producerRequiredAcks", "some", "must be all, local or none, not 'some'")]
    [InlineData("producerRetryMax", "-1", "must be 0 or more, not -1")]
    [InlineData("maxMessageBytes", "many", "must be a whole number, not 'many'")]
    [InlineData("consumerGroupRebalanceStrategy", "fair", "must be range, roundrobin or sticky, not 'fair'")]
    [InlineData("consumeRetryInterval", "-1s", "must not be negative")]
    [InlineData("heartbeatInterval", "10s", "must be shorter than sessionTimeout")]
    [InlineData("sessionTimeout", "2h", "must be between 1ms and 3600s")]
    [InlineData("channelBufferSize", "-1", "must be 0 or more")]
    [InlineData("excludeHeaderMetaRegex", "(", "must be a regular expression")]
    [InlineData("schemaRegistryURL", "http://localhost:8081", "schema registries and Avro are not supported")]
    [InlineData("schemaRegistryAPIKey", "key", "schema registries and Avro are not supported")]
    [InlineData("schemaRegistryAPISecret", "secret", "schema registries and Avro are not supported")]
    [InlineData("useAvroJSON", "true", "schema registries and Avro are not supported")]
    [InlineData("escapeHeaders", "perhaps", "must be true or false")]
    public void Parse_FieldThatCannotBeUsed_IsNamed(string field, string value, string problem)
    {
        var fault = Assert.Throws<ComponentMetadataException>(() => Parse((field, value)));

        Assert.Equal(field, fault.Field);
        Assert.Contains(problem, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("password", "saslUsername")]
    [InlineData("certificate", "caCert")]
    [InlineData("mtls", "clientCert")]
    public void Parse_AuthTypeWithoutWhatItNeeds_NamesTheField(string authType, string field)
        => Assert.Equal(field, Assert.Throws<ComponentMetadataException>(() => Parse(("authType", authType))).Field);

    [Fact]
    public void Parse_KeyThatIsNone_IsNamedAndNotShown()
    {
        var fault = Assert.Throws<ComponentMetadataException>(() => Parse(("authType", "mtls"), ("clientCert", "hush-hush"), ("clientKey", "hush-hush")));

        Assert.Equal("metadata field 'clientCert' must be a certificate in PEM", fault.Message);
    }

    private static KafkaOptions Parse(params (string Name, string Value)[] metadata)
        => KafkaOptions.Parse(KafkaParts.Context("pubsub.kafka", [("brokers", "localhost:9092"), ("authType", "none"), .. metadata]), retriesByDefault: true);
}
