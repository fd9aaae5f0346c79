using System.Threading.Channels;
using Dapr.AppCallback.Autogen.Grpc.v1;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Tandem.Runtime.Tests.Support;
using Tandem.Testing;

namespace Tandem.Runtime.Tests.Grpc.Support;

/// <summary>An app that speaks gRPC: what it is called for is kept in order, and it answers as a test says.</summary>
internal sealed class CallbackApp : AppCallback.AppCallbackBase, IAsyncDisposable
{
    private readonly Channel<(object Request, Metadata Headers)> _received = Channel.CreateUnbounded<(object, Metadata)>();
    private TestApp? _app;

    public TestApp App => _app!;

    public List<TopicSubscription> Subscriptions { get; } = [];

    public List<string> Bindings { get; } = [];

    /// <summary>Answers an invocation.</summary>
    public Func<InvokeRequest, ServerCallContext, Task<InvokeResponse>> Invoked { get; set; } = static (request, _) => Task.FromResult(new InvokeResponse { Data = request.Data, ContentType = request.ContentType });

    /// <summary>Answers a topic's event.</summary>
    public Func<TopicEventRequest, TopicEventResponse> Heard { get; set; } = static _ => new();

    /// <summary>Answers several events at once; <see langword="null"/> leaves it to the method's earlier name.</summary>
    public Func<TopicEventBulkRequest, TopicEventBulkResponse>? HeardBulk { get; set; }

    public Func<BindingEventRequest, BindingEventResponse> Bound { get; set; } = static _ => new();

    public async Task<CallbackApp> StartAsync(params ServerServiceDefinition[] more)
    {
        _app = await new EchoService().StartAppAsync(dispatcher =>
        {
            dispatcher.Add(AppCallback.BindService(this));
            foreach (var service in more)
            {
                dispatcher.Add(service);
            }
        });
        return this;
    }

    /// <summary>The next call that nobody has looked at.</summary>
    public async Task<(T Request, Metadata Headers)> NextAsync<T>()
    {
        var (request, headers) = await _received.Reader.ReadAsync().AsTask().WithinAsync($"the app is called with {typeof(T).Name}");
        return (Assert.IsType<T>(request), headers);
    }

    public void Note(object request, ServerCallContext context) => _received.Writer.TryWrite((request, context.RequestHeaders));

    public override Task<InvokeResponse> OnInvoke(InvokeRequest request, ServerCallContext context)
    {
        Note(request, context);
        return Invoked(request, context);
    }

    public override Task<ListTopicSubscriptionsResponse> ListTopicSubscriptions(Empty request, ServerCallContext context)
        => Task.FromResult(new ListTopicSubscriptionsResponse { Subscriptions = { Subscriptions } });

    public override Task<TopicEventResponse> OnTopicEvent(TopicEventRequest request, ServerCallContext context)
    {
        Note(request, context);
        return Task.FromResult(Heard(request));
    }

    public override Task<TopicEventBulkResponse> OnBulkTopicEvent(TopicEventBulkRequest request, ServerCallContext context)
    {
        if (HeardBulk is null)
        {
            throw new RpcException(new Status(StatusCode.Unimplemented, ""));
        }

        Note(request, context);
        return Task.FromResult(HeardBulk(request));
    }

    public override Task<ListInputBindingsResponse> ListInputBindings(Empty request, ServerCallContext context)
        => Task.FromResult(new ListInputBindingsResponse { Bindings = { Bindings } });

    public override Task<BindingEventResponse> OnBindingEvent(BindingEventRequest request, ServerCallContext context)
    {
        Note(request, context);
        return Task.FromResult(Bound(request));
    }

    public override Task<JobEventResponse> OnJobEvent(JobEventRequest request, ServerCallContext context)
    {
        Note(request, context);
        return Task.FromResult(new JobEventResponse());
    }

    public ValueTask DisposeAsync() => _app?.DisposeAsync() ?? default;
}
