using System.CommandLine;
using System.Net.Http.Headers;
using System.Text.Json;
using Tandem.Cli.Runs;
using Tandem.Cli.Terminal;

namespace Tandem.Cli.Publish;

/// <summary><c>tandem publish</c>: publishes an event in the name of a running app.</summary>
internal static class PublishCommand
{
    private static readonly string[] CloudEventAttributes = ["id", "source", "specversion", "type"];

    private static readonly Option<string> AppId = new("--publish-app-id", "-i") { Description = "The app in whose name to publish", Required = true };
    private static readonly Option<string> PubSub = new("--pubsub", "-p") { Description = "The pub/sub component", Required = true };
    private static readonly Option<string> Topic = new("--topic", "-t") { Description = "The topic", Required = true };
    private static readonly Option<string> Data = new("--data", "-d") { Description = "The event's data, or a whole CloudEvent" };
    private static readonly Option<string> DataFile = new("--data-file", "-f") { Description = "A file with the data" };
    private static readonly Option<string> Metadata = new("--metadata", "-m") { Description = "Metadata, as a JSON object of texts" };

    public static Command Create()
    {
        var command = new Command("publish", "Publishes an event") { AppId, PubSub, Topic, Data, DataFile, Metadata };
        command.Do(PublishAsync);
        return command;
    }

    private static async Task<int> PublishAsync(ParseResult result, CancellationToken cancellationToken)
    {
        var path = $"publish/{Uri.EscapeDataString(result.GetValue(PubSub)!)}/{Uri.EscapeDataString(result.GetValue(Topic)!)}";
        var query = string.Join('&', ReadMetadata(result.GetValue(Metadata)).Select(static pair => $"metadata.{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}"));
        var data = SidecarClient.ReadData(result.GetValue(Data), result.GetValue(DataFile));
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(query.Length > 0 ? $"{path}?{query}" : path, UriKind.Relative));
        request.Content = new ByteArrayContent(data) { Headers = { ContentType = new MediaTypeHeaderValue(ContentTypeOf(data)) } };
        var configuration = result.InvocationConfiguration;
        var code = await SidecarClient.SendAsync(result.GetValue(AppId)!, request, configuration.Output, configuration.Error, cancellationToken);
        if (code == 0)
        {
            await configuration.Output.WriteLineAsync("The event is published.");
        }

        return code;
    }

    private static Dictionary<string, string> ReadMetadata(string? text)
    {
        if (text is null)
        {
            return [];
        }

        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.EnumerateObject().ToDictionary(static pair => pair.Name, static pair => pair.Value.ToString());
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new CommandFailedException($"--metadata: must be a JSON object, such as {{\"ttlInSeconds\":\"60\"}}: {e.Message}");
        }
    }

    private static string ContentTypeOf(byte[] data)
    {
        try
        {
            using var document = JsonDocument.Parse(data);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && CloudEventAttributes.All(name => document.RootElement.TryGetProperty(name, out _))
                    ? "application/cloudevents+json"
                    : "application/json";
        }
        catch (JsonException)
        {
            return "text/plain";
        }
    }
}
