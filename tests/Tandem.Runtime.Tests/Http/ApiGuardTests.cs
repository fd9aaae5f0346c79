using Tandem.Runtime.Resources;
using Tandem.Sidecar.Http;

namespace Tandem.Runtime.Tests.Http;

public sealed class ApiGuardTests
{
    [Theory]
    [InlineData("state", "v1.0", "state", "store/key", false, true)]
    [InlineData("state", "v1", "state", "store/key", false, true)]
    [InlineData("state", "v1.0", "state", "store/query", true, false)]
    [InlineData("state", "v1alpha1", "state", "store/query", true, true)]
    [InlineData("state", "v1.0-alpha1", "state", "store/query", true, true)]
    [InlineData("publish/bulk", "v1.0", "publish", "bulk/bus/topic", false, true)]
    [InlineData("publish/bulk", "v1.0", "publish", "%62ulk//bus/topic", false, true)]
    [InlineData("publish/bulk", "v1.0", "publish", "bus/topic", false, false)]
    [InlineData("publish/bulk", "v1.0", "publish", "", false, false)]
    [InlineData("secrets", "v1.0", "state", "store", false, false)]
    public void Allows_Rule_MatchesBlockPrefixAndVersion(string name, string version, string block, string rest, bool isAlpha, bool matches)
    {
        var rule = new ApiRule(name, version, "http");

        Assert.Equal(matches, Guard(allowed: [rule]).Allows(block, rest, isAlpha));
        Assert.Equal(!matches, Guard(denied: [rule]).Allows(block, rest, isAlpha));
    }

    [Fact]
    public void Allows_DeniedAndAllowed_StaysDenied()
    {
        var rule = new ApiRule("state", "v1.0", "http");

        Assert.False(Guard([rule], [rule]).Allows("state", "a", false));
    }

    [Fact]
    public void Allows_RulesOfTheOtherProtocol_SayNothing()
    {
        var rule = new ApiRule("state", "v1.0", "grpc");

        Assert.True(Guard([rule], [rule]).Allows("secrets", "a", false));
        Assert.True(Guard([rule], [rule]).Allows("state", "a", false));
    }

    [Fact]
    public void Allows_Health_Always()
        => Assert.True(Guard([new ApiRule("state", "v1.0", "HTTP")], [new ApiRule("healthz", "v1.0", "http")]).Allows("healthz", "", false));

    private static ApiGuard Guard(ApiRule[]? allowed = null, ApiRule[]? denied = null)
        => new(null, new ConfigurationResource { AllowedApis = allowed ?? [], DeniedApis = denied ?? [] });
}
