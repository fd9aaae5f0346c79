using Grpc.Core;

namespace Tandem.Grpc.Tests.Core;

public sealed class MetadataTests
{
    [Fact]
    public void Add_AnyCase_IsOneKey()
    {
        var metadata = new Metadata { { "X-Key", "a" }, { "x-key", "b" }, { "X-Data-BIN", [1, 2] } };
        Assert.Equal(["x-key", "x-key", "x-data-bin"], metadata.Select(static entry => entry.Key));
        Assert.Equal("b", metadata.GetValue("X-KEY"));
        Assert.Equal(2, metadata.GetAll("x-key").Count());
        Assert.Equal([1, 2], metadata.GetValueBytes("x-data-bin")!);
        Assert.Null(metadata.Get("other"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("white space")]
    [InlineData("ключ")]
    [InlineData("a:b")]
    public void Entry_WithABadKey_IsRefused(string key) => Assert.Throws<ArgumentException>(() => new Metadata.Entry(key, "value"));

    [Fact]
    public void Entry_OfTheOtherKind_IsRefused()
    {
        Assert.Throws<ArgumentException>(static () => new Metadata.Entry("x-bin", "text"));
        Assert.Throws<ArgumentException>(static () => new Metadata.Entry("x", [1]));
        Assert.Throws<InvalidOperationException>(static () => new Metadata.Entry("x-bin", [1]).Value);
    }

    [Fact]
    public void Empty_CannotBeChanged() => Assert.Throws<InvalidOperationException>(static () => Metadata.Empty.Add("x", "y"));

    [Fact]
    public void ValueBytes_AreACopy()
    {
        var entry = new Metadata.Entry("x-bin", [1]);
        entry.ValueBytes[0] = 9;
        Assert.Equal([1], entry.ValueBytes);
    }
}
