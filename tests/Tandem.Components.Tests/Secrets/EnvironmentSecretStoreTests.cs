using Tandem.Components.Secrets;

namespace Tandem.Components.Tests.Secrets;

public sealed class EnvironmentSecretStoreTests : IDisposable
{
    private static readonly string[] Set = ["APP_API_TOKEN", "DAPR_API_TOKEN", "TANDEM_ENV_TEST_A"];

    public EnvironmentSecretStoreTests()
    {
        foreach (var name in Set)
        {
            Environment.SetEnvironmentVariable(name, "value");
        }
    }

    public void Dispose()
    {
        foreach (var name in Set)
        {
            Environment.SetEnvironmentVariable(name, null);
        }
    }

    [Fact]
    public async Task Get_Unset_IsEmpty()
        => Assert.Equal(new Dictionary<string, string> { ["MISSING"] = "" }, await Store("TANDEM_ENV_TEST_").GetAsync("MISSING", default));

    [Theory]
    [InlineData("", "APP_API_TOKEN")]
    [InlineData("", "dapr_api_token")]
    [InlineData("APP_", "API_TOKEN")]
    [InlineData("DAPR_API", "_TOKEN")]
    public async Task Get_OwnToken_IsNotGivenOut(string prefix, string name)
        => Assert.Equal("", (await Store(prefix).GetAsync(name, default))![name]);

    [Fact]
    public async Task GetAll_NoPrefix_LeavesOutTheOwnTokens()
    {
        var all = await Store("").GetAllAsync(default);
        Assert.Contains("TANDEM_ENV_TEST_A", all);
        Assert.DoesNotContain("APP_API_TOKEN", all);
        Assert.DoesNotContain("DAPR_API_TOKEN", all);
        Assert.DoesNotContain("_API_TOKEN", await Store("APP").GetAllAsync(default));
    }

    private static ISecretStore Store(string prefix)
        => Contexts.Catalog().SecretStores.Create(Contexts.Create("secretstores.local.env", "/", null, ("prefix", prefix)));
}
