using Grpc.Core;
using Polly;
using Tandem.Runtime.Http1;
using Tandem.Runtime.Invocation.Proxy;
using Tandem.Runtime.Metrics;
using Tandem.Runtime.Resiliency;

namespace Tandem.Runtime.Invocation;

/// <summary>Whom a call is for; found once for each name that an app calls, with its resiliency pipeline.</summary>
public sealed class InvocationTarget
{
    /// <summary>The app ID, or the endpoint's name or URL.</summary>
    public required string Name { get; init; }

    /// <summary>The app's namespace; <see langword="null"/> for an HTTP endpoint.</summary>
    public string? Namespace { get; init; }

    /// <summary>Where an HTTP endpoint stands; <see langword="null"/> for an app.</summary>
    public string? BaseUrl { get; init; }

    /// <summary>What an HTTPEndpoint resource adds to each request.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>What tells an app who calls it.</summary>
    public AddedHeaders Caller { get; init; } = AddedHeaders.None;

    /// <summary>The pipeline of the target's policies, <see langword="null"/> where none apply.</summary>
    public ResiliencePipeline<ForwardedAnswer>? Pipeline { get; init; }

    /// <summary>Whether a request may be sent more than once, so that its body must be kept.</summary>
    public bool MayRepeat { get; init; }

    /// <summary>What another sidecar is told of the caller of a proxied call.</summary>
    public AddedHeaders PeerCaller { get; init; } = AddedHeaders.None;

    /// <summary>The same policies for proxied calls, <see langword="null"/> where none apply.</summary>
    public ResiliencePipeline<HttpResponseMessage>? ProxyPipeline { get; init; }

    /// <summary>What counts the calls to an app, <see langword="null"/> when nothing does.</summary>
    public CalleeMeter? Meter { get; init; }

    /// <summary>The target of an HTTPEndpoint resource or a URL.</summary>
    public static InvocationTarget ToEndpoint(string name, string baseUrl, IReadOnlyDictionary<string, string> headers, TargetPolicy? policy) => new()
    {
        Name = name,
        BaseUrl = baseUrl,
        Headers = headers,
        Pipeline = PipelineOf(policy),
        MayRepeat = policy?.MayRepeat ?? false,
    };

    internal static ResiliencePipeline<ForwardedAnswer>? PipelineOf(TargetPolicy? policy)
        => policy?.Build<ForwardedAnswer>(
            static answer => answer.StatusCode >= 400 ? answer.StatusCode : null,
            static exception => exception is AppChannel.AppUnreachableException or Peers.PeerUnreachableException or HttpRequestException);

    internal static ResiliencePipeline<HttpResponseMessage>? ProxyPipelineOf(TargetPolicy? policy)
        => policy?.Build<HttpResponseMessage>(
            static answer => ProxyAnswers.StatusOf(answer) is > 0 and var status ? status : null,
            static exception => exception is RpcException,
            static context => context.Properties.TryGetValue(KeptBody.Key, out var body) && body is { IsWhole: true });
}

/// <summary>A request that can be made anew for each attempt.</summary>
public interface IInvocationRequest : IHttp1Request
{
    /// <summary>The span that calls, in W3C form: the caller's, until another is set.</summary>
    string? TraceParent { get; set; }

    /// <summary>What vendors add to the trace.</summary>
    string? TraceState { get; }

    /// <summary>The type that a gRPC caller gives its data, for an app that speaks gRPC; <see langword="null"/> for none.</summary>
    string? DataType => null;

    /// <summary>Makes the message for one attempt, for a callee that is not reached over plain HTTP/1.1.</summary>
    HttpRequestMessage Create(Uri uri);
}
