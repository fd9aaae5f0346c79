using Tandem.Components.Secrets;
using Tandem.Testing;

namespace Tandem.Components.Tests.Secrets;

/// <summary>What every secret store does. The store holds the secret <c>token</c> with the value <c>t-1</c>.</summary>
public abstract class SecretStoreConformance : IDisposable
{
    private protected TemporaryFolder Folder { get; } = new();

    private protected abstract Task<ISecretStore> CreateAsync();

    public virtual void Dispose()
    {
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Get_Known_GivesItUnderItsName()
        => Assert.Equal(new Dictionary<string, string> { ["token"] = "t-1" }, await (await CreateAsync()).GetAsync("token", default));

    [Fact]
    public async Task GetAll_HoldsWhatGetGives()
    {
        var store = await CreateAsync();
        var all = await store.GetAllAsync(default);
        Assert.Contains("token", all);
        foreach (var (name, values) in all)
        {
            Assert.Equal(values, await store.GetAsync(name, default));
        }
    }

    [Fact]
    public async Task Get_OtherCase_IsAnotherSecret()
        => Assert.NotEqual("t-1", (await (await CreateAsync()).GetAsync("TOKEN", default))?.GetValueOrDefault("TOKEN"));
}

public sealed class FileSecretStoreConformance : SecretStoreConformance
{
    private protected override async Task<ISecretStore> CreateAsync()
    {
        await File.WriteAllTextAsync(Folder["secrets.json"], """{"token":"t-1","other":{"a":"b"}}""");
        return await Contexts.Catalog().SecretStores.StartAsync(
            Contexts.Create("secretstores.local.file", Folder.Path, null, ("secretsFile", "secrets.json")));
    }
}

public sealed class EnvironmentSecretStoreConformance : SecretStoreConformance
{
    private const string Prefix = "TANDEM_CONFORMANCE_";

    public EnvironmentSecretStoreConformance() => Environment.SetEnvironmentVariable(Prefix + "token", "t-1");

    public override void Dispose()
    {
        Environment.SetEnvironmentVariable(Prefix + "token", null);
        base.Dispose();
    }

    private protected override Task<ISecretStore> CreateAsync()
        => Contexts.Catalog().SecretStores.StartAsync(Contexts.Create("secretstores.local.env", Folder.Path, null, ("prefix", Prefix)));
}
