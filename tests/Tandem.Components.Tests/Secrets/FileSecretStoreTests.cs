using Tandem.Components.Metadata;
using Tandem.Components.Secrets;
using Tandem.Testing;

namespace Tandem.Components.Tests.Secrets;

public sealed class FileSecretStoreTests : IDisposable
{
    private const string Json = """
        {"db-password":"hunter2","nested":{"user":"ann","deep":{"er":"x"},"list":["p","q"]},"number":5,"big":1e20,"half":0.5,"yes":true,"none":null}
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("db-password", "hunter2")]
    [InlineData("nested:user", "ann")]
    [InlineData("nested:deep:er", "x")]
    [InlineData("nested:list:1", "q")]
    [InlineData("number", "%!s(float64=5)")]
    [InlineData("big", "%!s(float64=100000000000000000000)")]
    [InlineData("half", "%!s(float64=0.5)")]
    [InlineData("yes", "%!s(bool=true)")]
    [InlineData("none", "%!s(<nil>)")]
    public async Task Get_Flat_NamesNestedValuesWithTheSeparator(string name, string value)
    {
        var secret = await (await StartAsync(Json)).GetAsync(name, default);
        Assert.Equal(new Dictionary<string, string> { [name] = value }, secret);
    }

    [Theory]
    [InlineData("nested")]
    [InlineData("nothing")]
    public async Task Get_Missing_IsNull(string name) => Assert.Null(await (await StartAsync(Json)).GetAsync(name, default));

    [Fact]
    public async Task Get_OwnSeparator_IsUsed()
        => Assert.NotNull(await (await StartAsync(Json, ("nestedSeparator", "."))).GetAsync("nested.deep.er", default));

    [Fact]
    public async Task GetAll_MultiValued_GivesAnObjectAsOneSecret()
    {
        var store = await StartAsync("""{"database":{"user":"ann","password":"pw","tls":{"key":"k"}},"flat":"one"}""", ("multiValued", "true"));
        var all = await store.GetAllAsync(default);

        Assert.Equal(["database", "flat"], all.Keys.Order());
        Assert.Equal(new Dictionary<string, string> { ["user"] = "ann", ["password"] = "pw", ["tls:key"] = "k" }, all["database"]);
        Assert.Equal(new Dictionary<string, string> { ["flat"] = "one" }, all["flat"]);
    }

    [Theory]
    [InlineData("{\"a\": \"secret-value")]
    [InlineData("[1]")]
    [InlineData("")]
    public async Task Start_BrokenFile_NamesFieldAndFileAndNoSecret(string json)
    {
        var fault = await Assert.ThrowsAsync<ComponentMetadataException>(() => StartAsync(json));
        Assert.Equal("secretsFile", fault.Field);
        Assert.Contains("secrets.json", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-value", fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_MissingFile_NamesTheField()
    {
        var context = Contexts.Create("secretstores.local.file", _folder.Path, null, ("secretsFile", "nowhere.json"));
        var fault = await Assert.ThrowsAsync<ComponentMetadataException>(() => Contexts.Catalog().SecretStores.StartAsync(context));
        Assert.Contains("nowhere.json", fault.Message, StringComparison.Ordinal);
    }

    private async Task<ISecretStore> StartAsync(string json, params (string Name, string Value)[] metadata)
    {
        await File.WriteAllTextAsync(_folder["secrets.json"], json);
        return await Contexts.Catalog().SecretStores.StartAsync(
            Contexts.Create("secretstores.local.file", _folder.Path, null, [("secretsFile", "secrets.json"), .. metadata]));
    }
}
