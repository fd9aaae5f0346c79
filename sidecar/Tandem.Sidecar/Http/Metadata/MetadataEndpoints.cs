using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tandem.Runtime.Resources;

namespace Tandem.Sidecar.Http.Metadata;

/// <summary><c>GET /v1.0/metadata</c> and <c>PUT /v1.0/metadata/{key}</c></summary>
internal static class MetadataEndpoints
{
    public static Task HandleAsync(ApiRequest request)
    {
        var segments = request.Segments;
        if (!segments.TryRead(out var key))
        {
            return HttpMethods.IsGet(request.Method)
                ? JsonAnswer.WriteAsync(request.Http, request.Sidecar, static (writer, sidecar) => Write(writer, sidecar))
                : ApiRouter.NotFoundAsync(request.Http);
        }

        return HttpMethods.IsPut(request.Method) && segments.IsAtEnd ? SetAsync(request, key) : ApiRouter.NotFoundAsync(request.Http);
    }

    private static async Task SetAsync(ApiRequest request, string key)
    {
        var value = await BodyReader.ReadAsync(request.Http).ConfigureAwait(false);
        request.Sidecar.ExtendedMetadata[key] = Encoding.UTF8.GetString(value.Span);
        JsonAnswer.NoContent(request.Http);
    }

    private static void Write(Utf8JsonWriter writer, SidecarInstance sidecar)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, sidecar.Options.AppId);
        writer.WriteString("runtimeVersion"u8, SidecarVersion.Current);
        WriteTexts(writer, "enabledFeatures"u8, sidecar.Blocks.Configuration.EnabledFeatures);
        WriteComponents(writer, sidecar);
        WriteSubscriptions(writer, sidecar);
        WriteExtended(writer, sidecar);
        WriteApp(writer, sidecar);
        if (sidecar.Blocks.Resources.HttpEndpoints is { Count: > 0 } endpoints)
        {
            writer.WriteStartArray("httpEndpoints"u8);
            foreach (var endpoint in endpoints)
            {
                writer.WriteStartObject();
                writer.WriteString("name"u8, endpoint.Id.Name);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        sidecar.WriteActorMetadata(writer);
        writer.WriteEndObject();
    }

    private static void WriteComponents(Utf8JsonWriter writer, SidecarInstance sidecar)
    {
        writer.WriteStartArray("components"u8);
        foreach (var component in sidecar.Blocks.Components.All)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, component.Name);
            writer.WriteString("type"u8, component.Resource.Type);
            writer.WriteString("version"u8, component.Resource.Version);
            WriteTexts(writer, "capabilities"u8, component.Capabilities);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteSubscriptions(Utf8JsonWriter writer, SidecarInstance sidecar)
    {
        if (sidecar.Blocks.Subscriptions.Active is not { Count: > 0 } subscriptions)
        {
            return;
        }

        writer.WriteStartArray("subscriptions"u8);
        foreach (var (subscription, type) in subscriptions)
        {
            writer.WriteStartObject();
            writer.WriteString("pubsubname"u8, subscription.PubSubName);
            writer.WriteString("topic"u8, subscription.Topic);
            writer.WriteStartArray("rules"u8);
            foreach (var rule in subscription.Rules)
            {
                WriteRule(writer, rule);
            }

            if (subscription.DefaultRoute is { Length: > 0 } route)
            {
                WriteRule(writer, new RouteRule("", route));
            }

            writer.WriteEndArray();
            if (subscription.DeadLetterTopic is { } deadLetterTopic)
            {
                writer.WriteString("deadLetterTopic"u8, deadLetterTopic);
            }

            writer.WriteString("type"u8, type);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteRule(Utf8JsonWriter writer, RouteRule rule)
    {
        writer.WriteStartObject();
        if (rule.Match.Length > 0)
        {
            writer.WriteString("match"u8, rule.Match);
        }

        writer.WriteString("path"u8, rule.Path);
        writer.WriteEndObject();
    }

    private static void WriteExtended(Utf8JsonWriter writer, SidecarInstance sidecar)
    {
        writer.WriteStartObject("extended"u8);
        foreach (var (key, value) in sidecar.ExtendedMetadata.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            writer.WriteString(key, value);
        }

        writer.WriteEndObject();
    }

    private static void WriteApp(Utf8JsonWriter writer, SidecarInstance sidecar)
    {
        if (sidecar.Options.AppPort is not { } port)
        {
            return;
        }

        writer.WriteStartObject("appConnectionProperties"u8);
        writer.WriteNumber("port"u8, port);
        writer.WriteString("protocol"u8, sidecar.Options.AppProtocol);
        writer.WriteString("channelAddress"u8, sidecar.Options.AppChannelAddress);
        if (sidecar.Options.AppMaxConcurrency > 0)
        {
            writer.WriteNumber("maxConcurrency"u8, sidecar.Options.AppMaxConcurrency);
        }

        if (sidecar.Options.AppHealthCheckEnabled)
        {
            writer.WriteStartObject("health"u8);
            writer.WriteString("healthCheckPath"u8, sidecar.Options.AppHealthCheckPath);
            writer.WriteString("healthProbeInterval"u8, $"{sidecar.Options.AppHealthProbeInterval.TotalSeconds}s");
            writer.WriteString("healthProbeTimeout"u8, $"{sidecar.Options.AppHealthProbeTimeout.TotalMilliseconds}ms");
            writer.WriteNumber("healthThreshold"u8, sidecar.Options.AppHealthThreshold);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void WriteTexts(Utf8JsonWriter writer, ReadOnlySpan<byte> name, IReadOnlyList<string> texts)
    {
        writer.WriteStartArray(name);
        foreach (var text in texts)
        {
            writer.WriteStringValue(text);
        }

        writer.WriteEndArray();
    }
}
