using Tandem.Runtime.AppChannel;

namespace Tandem.Runtime.Tests.AppChannel;

public sealed class MessageHeadersTests
{
    [Fact]
    public void Add_WhatABrokerKnows_BecomesHeaders()
    {
        using var request = new HttpRequestMessage();
        MessageHeaders.Add(request.Headers, new Dictionary<string, string> { ["__key"] = "ann", ["__offset"] = "7", ["note"] = "\u00fc\r\nx: y" });

        Assert.Equal(
            ["__key: ann", "__offset: 7", "note: %C3%BC%0D%0Ax%3A%20y"],
            request.Headers.NonValidated.Select(static header => $"{header.Key}: {header.Value}").Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("Authorization")]
    [InlineData("cookie")]
    [InlineData("dapr-api-token")]
    [InlineData("dapr-caller-app-id")]
    [InlineData("Host")]
    [InlineData("pubsubname")]
    [InlineData("Content-Type")]
    [InlineData("not a name")]
    public void Add_WhatIsNotForPublishersToSay_IsLeftOut(string name)
    {
        using var request = new HttpRequestMessage();
        MessageHeaders.Add(request.Headers, new Dictionary<string, string> { [name] = "x" });

        Assert.Empty(request.Headers.NonValidated);
    }
}
