using Tandem.Components.Metadata;
using Tandem.Runtime.PubSub;

namespace Tandem.Runtime.Tests.PubSub;

public sealed class TopicScopesTests
{
    [Theory]
    [InlineData("", "", "", "any", true)]
    [InlineData("a,b", "", "", "a", true)]
    [InlineData("a,b", "", "", "c", false)]
    [InlineData("", "", "app=a,b;other=c", "a", true)]
    [InlineData("", "", "app=a,b;other=c", "c", false)]
    [InlineData("", "", "app=", "a", false)]
    [InlineData("", "", "other=c", "a", true)]
    [InlineData("", "secret", "other=secret", "secret", false)]
    [InlineData("", "secret", "app=secret", "secret", true)]
    public void MayPublish_ByMetadata(string allowed, string isProtected, string scopes, string topic, bool expected)
    {
        var metadata = new ComponentMetadata(new Dictionary<string, string> { ["allowedTopics"] = allowed, ["protectedTopics"] = isProtected, ["publishingScopes"] = scopes });

        Assert.Equal(expected, new TopicScopes(metadata, "app").MayPublish(topic));
    }
}
