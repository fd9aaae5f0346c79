using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;
using Tandem.Components.Bindings;
using Tandem.Runtime.Bindings;
using Tandem.Runtime.Jobs;
using Tandem.Runtime.PubSub.CloudEvents;
using Tandem.Runtime.PubSub.Delivery;
using Tandem.Runtime.Resources;
using Tandem.Runtime.Tracing;

namespace Tandem.Runtime.AppChannel;

/// <summary>Calls an app that speaks HTTP.</summary>
internal sealed class HttpAppCallbacks(IAppChannel app) : IAppCallbacks
{
    private static readonly MediaTypeHeaderValue CloudEventsType = new(CloudEventWriter.CloudEventsType);
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    public bool NeedsRoutes => true;

    public Task<byte[]?> GetConfigurationAsync(CancellationToken cancellationToken)
        => AskAsync("/dapr/config", static (body, root) => root.ValueKind is JsonValueKind.Object ? body : throw new FormatException("it is not a JSON object"), cancellationToken);

    public Task<IReadOnlyList<SubscriptionResource>?> GetSubscriptionsAsync(CancellationToken cancellationToken)
        => AskAsync<IReadOnlyList<SubscriptionResource>>("/dapr/subscribe", static (_, root) => [.. root.EnumerateArray().Select(static item => SubscriptionJson.Read(item))], cancellationToken);

    public async Task<bool> WantsBindingAsync(string name, string path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, new Uri(path, UriKind.Relative));
        using var response = await app.SendAsync(request, cancellationToken).ConfigureAwait(false);
        return (int)response.StatusCode >= 500
            ? throw new AppAnswerException($"its status is {(int)response.StatusCode}")
            : response.IsSuccessStatusCode || (int)response.StatusCode is 405;
    }

    public async ValueTask<DeliveryResult> DeliverAsync(DeliveredEvent cloudEvent, SubscriptionResource subscription, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(AsPath(cloudEvent.Route!), UriKind.Relative))
        {
            Content = new ReadOnlyMemoryContent(cloudEvent.Body) { Headers = { ContentType = CloudEventsType } },
        };
        request.Headers.TryAddWithoutValidation("pubsubname", subscription.PubSubName);
        MessageHeaders.Add(request.Headers, cloudEvent.Metadata);
        if (cloudEvent.TraceParent is { } traceParent)
        {
            request.Headers.TryAddWithoutValidation("traceparent", traceParent);
            if (cloudEvent.TraceState is { } traceState)
            {
                request.Headers.TryAddWithoutValidation("tracestate", traceState);
            }
        }

        using var response = await (app.Tracing is { } tracing
            ? SendTracedAsync(tracing, request, subscription.Topic, cancellationToken)
            : app.SendAsync(request, cancellationToken)).ConfigureAwait(false);
        return DeliveryResult.Read((int)response.StatusCode, await AnswerReader.ReadAsync(response, cancellationToken).ConfigureAwait(false));
    }

    public async ValueTask<BulkDelivery> DeliverAsync(
        IReadOnlyList<BulkEntry> entries, string route, SubscriptionResource subscription, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(AsPath(route), UriKind.Relative))
        {
            Content = new ReadOnlyMemoryContent(BulkJson.Write(entries, subscription)) { Headers = { ContentType = Json } },
        };
        request.Headers.TryAddWithoutValidation("pubsubname", subscription.PubSubName);
        using var response = await app.SendAsync(request, cancellationToken).ConfigureAwait(false);
        return BulkJson.Read((int)response.StatusCode, await AnswerReader.ReadAsync(response, cancellationToken).ConfigureAwait(false));
    }

    public async ValueTask<BindingReply> DeliverAsync(string name, string path, BindingEvent bindingEvent, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative))
        {
            Content = new ReadOnlyMemoryContent(bindingEvent.Data) { Headers = { ContentType = bindingEvent.ContentType is { } type ? MediaTypeHeaderValue.Parse(type) : Json } },
        };
        foreach (var (key, value) in bindingEvent.Metadata)
        {
            request.Headers.TryAddWithoutValidation(key, value);
        }

        using var response = await (app.Tracing is { } tracing
            ? tracing.SendAsync(app, request, "bindings" + path, ActivityKind.Client, CallbackSpans.SetBinding, cancellationToken)
            : app.SendAsync(request, cancellationToken)).ConfigureAwait(false);
        return new(response.IsSuccessStatusCode
            ? DeliveryResult.Success
            : new DeliveryResult(DeliveryStatus.Retry, (int)response.StatusCode, $"the app answered {(int)response.StatusCode}"));
    }

    public async Task<JobReply> TriggerAsync(string name, JobRequest job, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, new Uri($"/job/{Uri.EscapeDataString(name)}", UriKind.Relative))
        {
            Content = new ReadOnlyMemoryContent(JobData.ReadBody(job)) { Headers = { ContentType = Json } },
        };
        using var answer = await app.SendAsync(message, cancellationToken).ConfigureAwait(false);
        return answer.IsSuccessStatusCode ? new(JobOutcome.Taken)
            : (int)answer.StatusCode == 404 ? new(JobOutcome.Refused, "the app has no route for it (404)")
            : new(JobOutcome.Failed, $"the app answered {(int)answer.StatusCode}");
    }

    private Task<HttpResponseMessage> SendTracedAsync(TraceContext tracing, HttpRequestMessage request, string topic, CancellationToken cancellationToken)
        => tracing.SendAsync(app, request, $"pubsub/{topic}", ActivityKind.Client, span => CallbackSpans.SetTopic(span, topic), cancellationToken);

    /// <summary>Only an app that says so (404, 405, or an empty answer) has nothing to say.</summary>
    private async Task<T?> AskAsync<T>(string path, Func<byte[], JsonElement, T> read, CancellationToken cancellationToken)
        where T : class
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        using var response = await app.SendAsync(request, cancellationToken).ConfigureAwait(false);
        var status = (int)response.StatusCode;
        if (!response.IsSuccessStatusCode)
        {
            return status is 404 or 405 ? null : throw new AppAnswerException($"its status is {status}");
        }

        var body = await AnswerReader.ReadAsync(response, cancellationToken).ConfigureAwait(false);
        if (body.Length == 0)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind is JsonValueKind.Null ? null : read(body, document.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            throw new AppAnswerException($"it cannot be read: {exception.Message}", exception);
        }
    }

    private static string AsPath(string route) => route.StartsWith('/') ? route : "/" + route;
}
