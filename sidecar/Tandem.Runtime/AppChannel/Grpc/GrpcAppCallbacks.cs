using Dapr.AppCallback.Autogen.Grpc.v1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Tandem.Components.Bindings;
using Tandem.Runtime.Bindings;
using Tandem.Runtime.Jobs;
using Tandem.Runtime.PubSub.Delivery;
using Tandem.Runtime.Resources;
using Callback = Dapr.AppCallback.Autogen.Grpc.v1.AppCallback;

#pragma warning disable CS0612 // The earlier names of methods are what apps of earlier SDKs know.

namespace Tandem.Runtime.AppChannel.Grpc;

/// <summary>Calls an app that speaks gRPC. What such an app does not implement, it does not want.</summary>
internal sealed class GrpcAppCallbacks(GrpcAppChannel channel, Callback.AppCallbackClient app, AppCallbackAlpha.AppCallbackAlphaClient alpha) : IAppCallbacks
{
    private const string PubSubName = "pubsubname";

    public bool NeedsRoutes => false;

    /// <summary>Actors have no place in the AppCallback services.</summary>
    public Task<byte[]?> GetConfigurationAsync(CancellationToken cancellationToken) => Task.FromResult<byte[]?>(null);

    public async Task<IReadOnlyList<SubscriptionResource>?> GetSubscriptionsAsync(CancellationToken cancellationToken)
        => await AskAsync(app.ListTopicSubscriptionsAsync, cancellationToken).ConfigureAwait(false) is { } answer
            ? [.. answer.Subscriptions.Select(static subscription => TopicSubscriptions.Read(subscription))]
            : null;

    public async Task<bool> WantsBindingAsync(string name, string path, CancellationToken cancellationToken)
        => await AskAsync(app.ListInputBindingsAsync, cancellationToken).ConfigureAwait(false) is { } answer && answer.Bindings.Contains(name);

    public async ValueTask<DeliveryResult> DeliverAsync(DeliveredEvent cloudEvent, SubscriptionResource subscription, CancellationToken cancellationToken)
    {
        try
        {
            var response = await channel.CallAsync(
                app.OnTopicEventAsync,
                TopicEvents.Create(cloudEvent, subscription),
                new Metadata { { PubSubName, subscription.PubSubName } },
                $"pubsub/{subscription.Topic}",
                new GrpcAppChannel.Trace(cloudEvent.TraceParent, cloudEvent.TraceState),
                span => CallbackSpans.SetTopic(span, subscription.Topic),
                cancellationToken).ConfigureAwait(false);
            return Read(response.Status);
        }
        catch (RpcException exception)
        {
            return Read(exception);
        }
    }

    public async ValueTask<BulkDelivery> DeliverAsync(
        IReadOnlyList<BulkEntry> entries, string route, SubscriptionResource subscription, CancellationToken cancellationToken)
    {
        var request = TopicEvents.CreateBulk(entries, route, subscription);
        var headers = new Metadata { { PubSubName, subscription.PubSubName } };
        try
        {
            var response = await CallAsync(app.OnBulkTopicEventAsync, alpha.OnBulkTopicEventAlpha1Async, request, headers, cancellationToken).ConfigureAwait(false);
            return new(DeliveryResult.Success, response.Statuses.DistinctBy(static entry => entry.EntryId).ToDictionary(static entry => entry.EntryId, static entry => Read(entry.Status)));
        }
        catch (RpcException exception)
        {
            return BulkDelivery.Failed(Read(exception));
        }
    }

    public async ValueTask<BindingReply> DeliverAsync(string name, string path, BindingEvent bindingEvent, CancellationToken cancellationToken)
    {
        var request = new BindingEventRequest { Name = name, Data = UnsafeByteOperations.UnsafeWrap(bindingEvent.Data) };
        var headers = new Metadata();
        foreach (var (key, value) in bindingEvent.Metadata)
        {
            request.Metadata[key] = value;
        }

        try
        {
            var response = await channel.CallAsync(
                app.OnBindingEventAsync, request, headers, "bindings/" + name, default, CallbackSpans.SetBinding, cancellationToken).ConfigureAwait(false);
            return new(DeliveryResult.Success, BindingAnswers.Read(response));
        }
        catch (RpcException exception)
        {
            // As over HTTP, an event that the app does not take is the binding's to give again or not.
            return new(new DeliveryResult(DeliveryStatus.Retry, (int)exception.StatusCode, Describe(exception)));
        }
    }

    public async Task<JobReply> TriggerAsync(string name, JobRequest job, CancellationToken cancellationToken)
    {
        try
        {
            await CallAsync(app.OnJobEventAsync, alpha.OnJobEventAlpha1Async, JobEvents.Create(name, job), [], cancellationToken).ConfigureAwait(false);
            return new(JobOutcome.Taken);
        }
        catch (RpcException exception)
        {
            return new(exception.StatusCode is StatusCode.Unimplemented ? JobOutcome.Refused : JobOutcome.Failed, Describe(exception));
        }
    }

    private async Task<TResponse?> AskAsync<TResponse>(Func<Empty, CallOptions, AsyncUnaryCall<TResponse>> method, CancellationToken cancellationToken)
        where TResponse : class
    {
        try
        {
            return await channel.CallAsync(method, new Empty(), [], cancellationToken).ConfigureAwait(false);
        }
        catch (RpcException exception) when (exception.StatusCode is StatusCode.Unimplemented)
        {
            return null;
        }
        catch (RpcException exception)
        {
            throw new AppAnswerException(Describe(exception), exception);
        }
    }

    /// <summary>Calls a method by its name, and by its earlier one where the app does not know it.</summary>
    private async ValueTask<TResponse> CallAsync<TRequest, TResponse>(
        Func<TRequest, CallOptions, AsyncUnaryCall<TResponse>> method,
        Func<TRequest, CallOptions, AsyncUnaryCall<TResponse>> earlier,
        TRequest request,
        Metadata headers,
        CancellationToken cancellationToken)
    {
        try
        {
            return await channel.CallAsync(method, request, headers, cancellationToken).ConfigureAwait(false);
        }
        catch (RpcException exception) when (exception.StatusCode is StatusCode.Unimplemented)
        {
            return await channel.CallAsync(earlier, request, headers, cancellationToken).ConfigureAwait(false);
        }
    }

    private static DeliveryResult Read(TopicEventResponse.Types.TopicEventResponseStatus status) => status switch
    {
        TopicEventResponse.Types.TopicEventResponseStatus.Success => DeliveryResult.Success,
        TopicEventResponse.Types.TopicEventResponseStatus.Retry => DeliveryResult.ReadWord(200, "RETRY"),
        TopicEventResponse.Types.TopicEventResponseStatus.Drop => DeliveryResult.ReadWord(200, "DROP"),
        _ => DeliveryResult.ReadWord(200, ((int)status).ToString(System.Globalization.CultureInfo.InvariantCulture)),
    };

    /// <summary>As Dapr has it, an event that the app has no method for is done with; every other error is tried again.</summary>
    private static DeliveryResult Read(RpcException exception)
        => new(exception.StatusCode is StatusCode.Unimplemented ? DeliveryStatus.Drop : DeliveryStatus.Retry, (int)exception.StatusCode, Describe(exception));

    private static string Describe(RpcException exception) => $"the app answered {exception.StatusCode}: {exception.Status.Detail}";
}
