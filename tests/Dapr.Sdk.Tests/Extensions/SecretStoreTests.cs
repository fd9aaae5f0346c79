using Dapr.Client.Autogen.Grpc.v1;
using Dapr.Extensions.Configuration;
using Dapr.Sdk.Tests.Client;
using Grpc.Core;
using Microsoft.Extensions.Configuration;

namespace Dapr.Sdk.Tests.Extensions;

public sealed class SecretStoreTests : ClientTest
{
    [Fact]
    public void AddDaprSecretStore_All_AreThereUnderSections()
    {
        Grpc.Answers<GetBulkSecretRequest>(static _ => Bulk(("Db__Password", "pw"), ("plain", "1")));

        var configuration = new ConfigurationBuilder().AddDaprSecretStore("secretstore", Client, new Dictionary<string, string> { ["namespace"] = "ns" }).Build();

        Assert.Equal(("pw", "1"), (configuration["Db:Password"], configuration["plain"]));
        AssertCalled("GetBulkSecret", new GetBulkSecretRequest { StoreName = "secretstore", Metadata = { ["namespace"] = "ns" } });
    }

    [Fact]
    public void AddDaprSecretStore_KeyDelimiters_BecomeTheConfigurations()
    {
        Grpc.Answers<GetBulkSecretRequest>(static _ => Bulk(("a-b--c", "1")));

        var configuration = new ConfigurationBuilder().AddDaprSecretStore("s", Client, ["--"], TimeSpan.FromSeconds(9)).Build();

        Assert.Equal("1", configuration["a-b:c"]);
    }

    [Fact]
    public void AddDaprSecretStore_NotNormalized_KeepsNames()
    {
        Grpc.Answers<GetBulkSecretRequest>(static _ => Bulk(("a__b", "1")));

        var configuration = new ConfigurationBuilder().AddDaprSecretStore(source => (source.Store, source.Client, source.NormalizeKey) = ("s", Client, false)).Build();

        Assert.Equal("1", configuration["a__b"]);
    }

    [Fact]
    public void AddDaprSecretStore_Descriptors_AreReadOneByOne()
    {
        Grpc.Answers<GetSecretRequest>(static request => new GetSecretResponse { Data = { [request.Key] = $"of {request.Key}" } });

        var configuration = new ConfigurationBuilder()
            .AddDaprSecretStore("s", [new DaprSecretDescriptor("one"), new DaprSecretDescriptor("Two__Name", new Dictionary<string, string> { ["version"] = "2" }, secretKey: "two")], Client)
            .Build();

        Assert.Equal(("of one", "of two"), (configuration["one"], configuration["Two:Name"]));
        Assert.Equal(new GetSecretRequest { StoreName = "s", Key = "two", Metadata = { ["version"] = "2" } }, Grpc.Calls[1].Request);
    }

    [Fact]
    public void AddDaprSecretStore_RequiredIsMissing_Throws()
    {
        Grpc.Fails<GetSecretRequest>(StatusCode.Internal, "secret not found");

        Assert.Throws<DaprApiException>(() => new ConfigurationBuilder().AddDaprSecretStore("s", [new DaprSecretDescriptor("one")], Client).Build());
    }

    [Fact]
    public void AddDaprSecretStore_OptionalIsMissing_IsLeftOut()
    {
        Grpc.Fails<GetSecretRequest>(StatusCode.Internal, "secret not found");

        var configuration = new ConfigurationBuilder().AddDaprSecretStore("s", [new DaprSecretDescriptor("one", isRequired: false)], Client, TimeSpan.FromSeconds(9)).Build();

        Assert.Null(configuration["one"]);
    }

    [Fact]
    public void AddDaprSecretStore_SameKeyTwice_SaysWhich()
    {
        Grpc.Answers<GetBulkSecretRequest>(static _ => new GetBulkSecretResponse
        {
            Data = { ["a"] = new SecretResponse { Secrets = { ["user"] = "1" } }, ["b"] = new SecretResponse { Secrets = { ["USER"] = "2" } } },
        });

        var failure = Assert.Throws<InvalidOperationException>(() => new ConfigurationBuilder().AddDaprSecretStore("s", Client).Build());
        Assert.Contains("user", failure.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void AddDaprSecretStore_SidecarDoesNotCome_EndsWithTheTimeout()
    {
        Sidecar.Answers(500);

        Assert.ThrowsAny<OperationCanceledException>(() => new ConfigurationBuilder().AddDaprSecretStore("s", Client, TimeSpan.FromMilliseconds(50)).Build());
    }

    [Fact]
    public void AddDaprSecretStore_DescriptorsAndMetadata_AreRefused()
        => Assert.Throws<ArgumentException>(() => new ConfigurationBuilder()
            .AddDaprSecretStore(source => (source.Store, source.Client, source.SecretDescriptors, source.Metadata) = ("s", Client, [new("a")], new Dictionary<string, string>()))
            .Build());

    private static GetBulkSecretResponse Bulk(params (string Key, string Value)[] secrets)
    {
        var response = new GetBulkSecretResponse();
        foreach (var (key, value) in secrets)
        {
            response.Data[key] = new SecretResponse { Secrets = { [key] = value } };
        }

        return response;
    }
}
