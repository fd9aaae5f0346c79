using System.Text;
using System.Text.Json;
using Tandem.Runtime.PubSub.CloudEvents;

namespace Tandem.Runtime.Tests.PubSub;

public sealed class CloudEventWriterTests
{
    private readonly CloudEventWriter _writer = new("shop", TimeProvider.System);

    [Fact]
    public void Write_Json_IsWrappedWithDaprsDefaults()
    {
        var written = Write("""{"n": 1}""", "application/json; charset=utf-8");

        Assert.Equal(1, written.GetProperty("data").GetProperty("n").GetInt32());
        Assert.Equal(("1.0", "shop", "com.dapr.event.sent", "bus", "orders"), (Text(written, "specversion"), Text(written, "source"), Text(written, "type"), Text(written, "pubsubname"), Text(written, "topic")));
        Assert.True(Guid.TryParse(Text(written, "id"), out _));
        Assert.Equal(("", "", ""), (Text(written, "traceid"), Text(written, "traceparent"), Text(written, "tracestate")));
    }

    [Theory]
    [InlineData("words", "text/plain", "words")]
    [InlineData("words", null, "words")]
    [InlineData("", null, "")]
    [InlineData("{broken", "application/json", "{broken")]
    public void Write_NoJson_IsText(string data, string? contentType, string expected)
    {
        var written = Write(data, contentType);

        Assert.Equal(expected, Text(written, "data"));
        Assert.Equal(contentType ?? "text/plain", Text(written, "datacontenttype"));
    }

    [Fact]
    public void Write_Bytes_AreBase64()
    {
        Assert.Equal("AQI=", Text(Read(_writer.Write(Event(new byte[] { 1, 2 }, "application/octet-stream"))), "data_base64"));
    }

    [Fact]
    public void Write_Overrides_ReplaceAttributes()
    {
        var metadata = new Dictionary<string, string> { ["cloudevent.id"] = "7", ["cloudevent.type"] = "order.paid", ["cloudevent.subject"] = "orders/7", ["cloudevent.specversion"] = "9" };

        var written = Read(_writer.Write(Event("{}"u8.ToArray(), "application/json") with { Metadata = metadata, TraceParent = "00-a-b-01" }));

        Assert.Equal(("7", "order.paid", "orders/7", "1.0", "00-a-b-01", "00-a-b-01"), (Text(written, "id"), Text(written, "type"), Text(written, "subject"), Text(written, "specversion"), Text(written, "traceparent"), Text(written, "traceid")));
    }

    [Fact]
    public void Write_CloudEvent_IsCompletedAndKeepsItsOwn()
    {
        var written = Write("""{"specversion":"1.0","id":"mine","type":"t","source":"s","data":{"a":1},"extension":"kept","topic":"wrong"}""", "application/cloudevents+json");

        Assert.Equal(("mine", "t", "s", "kept", "orders", "bus"), (Text(written, "id"), Text(written, "type"), Text(written, "source"), Text(written, "extension"), Text(written, "topic"), Text(written, "pubsubname")));
        Assert.Single(written.EnumerateObject(), static property => property.Name == "topic");
        Assert.True(written.TryGetProperty("time", out _));
    }

    [Theory]
    [InlineData("no json")]
    [InlineData("[1]")]
    public void Write_CloudEventThatIsNone_IsRefused(string data)
    {
        Assert.Throws<FormatException>(() => Write(data, "application/cloudevents+json"));
    }

    private JsonElement Write(string data, string? contentType) => Read(_writer.Write(Event(Encoding.UTF8.GetBytes(data), contentType)));

    private static OutgoingEvent Event(byte[] data, string? contentType) => new("bus", "orders", data, contentType, new Dictionary<string, string>());

    private static JsonElement Read(ReadOnlyMemory<byte> json) => JsonDocument.Parse(json).RootElement;

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
