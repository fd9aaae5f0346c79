using System.Text.Json;
using Tandem.EndToEnd.Tests.Shop;

namespace Tandem.EndToEnd.Tests.Observability;

/// <summary>With LOG_FORMAT=json every line of every service is an object, in the same words, and says to which trace it belongs.</summary>
[Collection(nameof(ObservedMesh))]
public sealed class LogTests(ObservedMesh observed)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly string[] Levels = ["trace", "debug", "info", "warn", "error", "fatal"];

    [Fact]
    public void Lines_OfEveryService_AreObjectsInTheSameWords()
        => Assert.All(observed.Mesh.AppIds, appId => Assert.All(ReadLines(appId), line =>
        {
            Assert.True(DateTimeOffset.TryParse(Text(line, "time"), out _), line.ToString());
            Assert.Contains(Text(line, "level"), Levels);
            Assert.Equal(appId, Text(line, "app_id"));
            Assert.NotEmpty(Text(line, "msg"));
        }));

    [Theory]
    [InlineData("gateway")]
    [InlineData("order")]
    [InlineData("product")]
    [InlineData("basket")]
    [InlineData("payment")]
    [InlineData("notification")]
    [InlineData("analytics")]
    [InlineData("shipping")]
    public Task Lines_OfTheOrder_CarryItsTraceInEveryServiceThatItPasses(string appId) => Eventually.SeeAsync(
        () => Task.FromResult(ReadLines(appId)),
        static lines => lines.Exists(static line => Text(line, "trace_id") == ObservedMesh.TraceId && Text(line, "span_id").Length == 16),
        Limit,
        static lines => string.Join('\n', lines.TakeLast(20)));

    [Fact]
    public void NoService_LogsAnError()
        => Assert.All(observed.Mesh.AppIds, appId => Assert.DoesNotContain(ReadLines(appId), static line => Text(line, "level") is "error" or "fatal"));

    // The last line may be half written.
    private List<JsonElement> ReadLines(string appId)
    {
        using var reader = new StreamReader(new FileStream(observed.Mesh.LogFile(appId), FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        var text = reader.ReadToEnd();
        return [.. text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonDocument.Parse(line).RootElement)];
    }

    private static string Text(JsonElement line, string name) => line.TryGetProperty(name, out var value) ? value.ToString() : "";
}
