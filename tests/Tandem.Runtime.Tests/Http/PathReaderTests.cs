using Tandem.Sidecar.Http;

namespace Tandem.Runtime.Tests.Http;

public sealed class PathReaderTests
{
    [Theory]
    [InlineData("/v1.0/state/store/key", true, false, "state", "store/key")]
    [InlineData("//v1.0//state//store", true, false, "state", "store")]
    [InlineData("/v1.0-alpha1/publish/bulk/a/b", true, true, "publish", "bulk/a/b")]
    [InlineData("/v1.0/healthz", true, false, "healthz", "")]
    [InlineData("/v1.0/", false, false, "", "")]
    [InlineData("/v2.0/state/a", false, false, "", "")]
    [InlineData("/", false, false, "", "")]
    [InlineData("", false, false, "", "")]
    public void TrySplit_Path_FindsVersionBlockAndRest(string path, bool found, bool isAlpha, string block, string rest)
    {
        Assert.Equal(found, ApiRouter.TrySplit(path, out var alpha, out var foundBlock, out var offset));
        if (found)
        {
            Assert.Equal(isAlpha, alpha);
            Assert.Equal(block, foundBlock.ToString());
            Assert.Equal(rest, path[offset..]);
        }
    }

    [Fact]
    public void TryRead_EscapedSegments_AreUnescapedOneByOne()
    {
        var reader = new PathReader("my%20store//odd%2Fkey%3A1/rest/of it");

        Assert.True(reader.TryRead(out var store));
        Assert.True(reader.TryRead(out var key));
        Assert.True(reader.TryReadToEnd(out var rest));
        Assert.False(reader.TryRead(out _));
        Assert.Equal(("my store", "odd/key:1", "rest/of it"), (store, key, rest));
    }
}
