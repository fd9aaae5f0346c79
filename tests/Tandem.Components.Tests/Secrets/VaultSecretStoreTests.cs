using System.Text.Json.Nodes;
using Tandem.Components.Metadata;
using Tandem.Components.Secrets;
using Tandem.Testing;

namespace Tandem.Components.Tests.Secrets;

public sealed class VaultSecretStoreTests : SecretStoreConformance, IAsyncLifetime
{
    private VaultDouble _vault = null!;

    public async Task InitializeAsync()
    {
        _vault = await VaultDouble.StartAsync();
        _vault.Secrets["dapr/token"] = new JsonObject { ["token"] = "t-1" };
        _vault.Secrets["dapr/db/main"] = new JsonObject { ["user"] = "ann", ["password"] = "pw", ["port"] = 5432 };
        _vault.Secrets["dapr/gone"] = null;
        _vault.Secrets["top"] = new JsonObject { ["a"] = "b" };
    }

    async Task IAsyncLifetime.DisposeAsync() => await _vault.DisposeAsync();

    private protected override Task<ISecretStore> CreateAsync() => StartAsync();

    [Fact]
    public async Task Get_SeveralValues_GivesAllAsText()
    {
        var store = await StartAsync();
        Assert.Equal(new Dictionary<string, string> { ["user"] = "ann", ["password"] = "pw", ["port"] = "5432" }, await store.GetAsync("db/main", default));
        Assert.Null(await store.GetAsync("none", default));
        Assert.Null(await store.GetAsync("gone", default));
        Assert.Equal(["db/main", "token"], (await store.GetAllAsync(default)).Keys.Order());
    }

    [Fact]
    public async Task Get_ValueTypeText_GivesTheJsonUnderTheName()
        => Assert.Equal(new Dictionary<string, string> { ["token"] = """{"token":"t-1"}""" }, await (await StartAsync(("vaultValueType", "text"))).GetAsync("token", default));

    [Fact]
    public async Task Get_OtherPrefixEngineAndNamespace_AreAskedFor()
    {
        _vault.Engine = "team/kv";
        _vault.Namespace = "shop";
        Assert.NotNull(await (await StartAsync(("enginePath", "team/kv"), ("vaultNamespace", "shop"), ("vaultKVPrefix", "dapr/db"))).GetAsync("main", default));
        Assert.NotNull(await (await StartAsync(("enginePath", "team/kv"), ("vaultNamespace", "shop"), ("vaultKVUsePrefix", "false"))).GetAsync("top", default));
        Assert.Equal(3, (await (await StartAsync(("enginePath", "team/kv"), ("vaultNamespace", "shop"), ("vaultKVUsePrefix", "false"))).GetAllAsync(default)).Count);
    }

    [Fact]
    public async Task GetAll_NothingThere_IsEmpty()
        => Assert.Empty(await (await StartAsync(("vaultKVPrefix", "nothing"))).GetAllAsync(default));

    [Theory]
    [InlineData("../top")]
    [InlineData("db/../../top")]
    [InlineData(".")]
    public async Task Get_NameThatLeavesThePrefix_IsRefused(string name)
        => await Assert.ThrowsAsync<ArgumentException>(async () => await (await StartAsync()).GetAsync(name, default));

    [Fact]
    public async Task Get_WrongToken_NamesTheFieldAndNoSecret()
    {
        _vault.Token = "another";
        var store = await StartAsync();
        var fault = await Assert.ThrowsAsync<ComponentMetadataException>(async () => await store.GetAsync("token", default));
        Assert.Equal("vaultToken", fault.Field);
        Assert.Contains("permission denied", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hvs.tandem", fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_TokenFromAFile_IsReadAgainWhenItChanged()
    {
        await File.WriteAllTextAsync(Folder["token"], "hvs.tandem\n");
        var store = await StartAsync(("vaultTokenMountPath", "token"), ("vaultToken", ""));
        Assert.NotNull(await store.GetAsync("token", default));

        _vault.Token = "hvs.next";
        Assert.Equal("vaultTokenMountPath", (await Assert.ThrowsAsync<ComponentMetadataException>(async () => await store.GetAsync("token", default))).Field);
        await File.WriteAllTextAsync(Folder["token"], "hvs.next");
        Assert.NotNull(await store.GetAsync("token", default));
    }

    [Fact]
    public async Task Start_Tls_TrustsWhomItIsTold()
    {
        using var certificate = TestCertificates.ForLocalhost();
        await using var vault = await VaultDouble.StartAsync(certificate);
        vault.Secrets["dapr/token"] = new JsonObject { ["token"] = "t-1" };
        var pem = certificate.ExportCertificatePem();
        Directory.CreateDirectory(Folder["ca"]);
        await File.WriteAllTextAsync(Folder["ca/ca.pem"], pem);
        var address = ("vaultAddr", vault.Address.AbsoluteUri);

        foreach (var trust in ((string, string)[])[("caPem", pem), ("caPath", "ca"), ("caCert", "ca/ca.pem"), ("skipVerify", "true"), ("tlsServerName", "localhost")])
        {
            (string, string)[] fields = trust.Item1 is "tlsServerName" ? [address, trust, ("caPem", pem)] : [address, trust];
            Assert.NotNull(await (await StartAsync(fields)).GetAsync("token", default));
        }

        var untrusted = await Assert.ThrowsAsync<ComponentMetadataException>(() => StartAsync(address));
        Assert.Equal("vaultAddr", untrusted.Field);
        Assert.Contains("TLS", untrusted.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ComponentMetadataException>(() => StartAsync(address, ("caPem", pem), ("tlsServerName", "elsewhere")));
    }

    [Fact]
    public async Task Start_NobodyThere_WaitsAndThenSaysWhere()
    {
        using var time = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        var store = Contexts.Catalog().SecretStores.Create(Contexts.Create(
            "secretstores.hashicorp.vault", Folder.Path, null, ("vaultAddr", "http://127.0.0.1:1"), ("vaultToken", "s3cret")));
        var fault = await Assert.ThrowsAsync<HttpRequestException>(() => ((IInitializable)store).InitializeAsync(time.Token).AsTask().WithinAsync());
        Assert.Contains("127.0.0.1:1", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", fault.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("vaultAddr", "vault:8200")]
    [InlineData("vaultToken", "")]
    [InlineData("vaultTokenMountPath", "nowhere")]
    [InlineData("vaultValueType", "list")]
    [InlineData("vaultKVUsePrefix", "perhaps")]
    [InlineData("skipVerify", "perhaps")]
    [InlineData("caPem", "no PEM")]
    [InlineData("caPath", "nowhere")]
    [InlineData("caCert", "nowhere.pem")]
    public void Create_WrongField_IsNamedWithoutSecrets(string field, string value)
    {
        var metadata = new Dictionary<string, string> { ["vaultToken"] = "s3cret", [field] = value };
        if (field is "vaultTokenMountPath")
        {
            metadata.Remove("vaultToken");
        }

        var fault = Assert.Throws<ComponentMetadataException>(() => Contexts.Catalog().SecretStores.Create(
            Contexts.Create("secretstores.hashicorp.vault", Folder.Path, null, [.. metadata.Select(static pair => (pair.Key, pair.Value))])));
        Assert.Equal(field, fault.Field);
        Assert.DoesNotContain("s3cret", fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Create_TokenTwice_IsRefused()
        => Assert.Throws<ComponentMetadataException>(() => Contexts.Catalog().SecretStores.Create(
            Contexts.Create("secretstores.hashicorp.vault", Folder.Path, null, ("vaultToken", "a"), ("vaultTokenMountPath", "b"))));

    private async Task<ISecretStore> StartAsync(params (string Name, string Value)[] metadata)
    {
        var fields = new Dictionary<string, string> { ["vaultAddr"] = _vault.Address.AbsoluteUri, ["vaultToken"] = "hvs.tandem" };
        foreach (var (name, value) in metadata)
        {
            fields[name] = value;
        }

        return await Contexts.Catalog().SecretStores.StartAsync(
            Contexts.Create("secretstores.hashicorp.vault", Folder.Path, null, [.. fields.Select(static pair => (pair.Key, pair.Value))]));
    }
}
