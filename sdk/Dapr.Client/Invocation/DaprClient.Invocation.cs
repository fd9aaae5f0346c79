using Google.Protobuf;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;

namespace Dapr.Client;

public abstract partial class DaprClient
{
    /// <summary>
    /// An <see cref="HttpClient"/> whose requests to <c>http://APP-ID/path</c> go through the sidecar to that app.
    /// With <paramref name="appId"/>, relative addresses go to that app.
    /// </summary>
    public static HttpClient CreateInvokeHttpClient(string? appId = null, string? daprEndpoint = null, string? daprApiToken = null)
    {
        var handler = new InvocationHandler { InnerHandler = SidecarHttp.CreateHandler(), DefaultAppId = appId, DaprApiToken = daprApiToken };
        if (daprEndpoint is not null)
        {
            handler.DaprEndpoint = daprEndpoint;
        }

        var client = new HttpClient(handler, disposeHandler: true);
        SidecarHttp.AddUserAgent(client.DefaultRequestHeaders);
        if (appId is not null)
        {
            client.BaseAddress = Uri.TryCreate($"http://{appId}", UriKind.Absolute, out var address)
                ? address
                : throw new ArgumentException($"The app id '{appId}' is not a valid host name.", nameof(appId));
        }

        return client;
    }

    /// <summary>
    /// A call invoker for the gRPC services of another app: the calls of clients made with it go through the sidecar to that app.
    /// Make one for each app and keep it.
    /// </summary>
    public static CallInvoker CreateInvocationInvoker(string appId, string? daprEndpoint = null, string? daprApiToken = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(appId);
        var endpoint = SidecarHttp.ParseEndpoint(daprEndpoint ?? DaprDefaults.GetGrpcEndpoint(), "gRPC");
        return GrpcChannel.ForAddress(endpoint).Intercept(new InvocationInterceptor(appId, daprApiToken ?? DaprDefaults.GetApiToken()));
    }

    /// <summary>The same as <see cref="CreateInvokeHttpClient"/>, with this client's sidecar and token.</summary>
    public abstract HttpClient CreateInvokableHttpClient(string? appId = null);

    /// <summary>A POST request to a method of an app.</summary>
    public HttpRequestMessage CreateInvokeMethodRequest(string appId, string methodName)
        => CreateInvokeMethodRequest(HttpMethod.Post, appId, methodName);

    /// <summary>A POST request to a method of an app, with a query.</summary>
    public HttpRequestMessage CreateInvokeMethodRequest(string appId, string methodName, IReadOnlyCollection<KeyValuePair<string, string>> queryStringParameters)
        => CreateInvokeMethodRequest(HttpMethod.Post, appId, methodName, queryStringParameters);

    /// <summary>A request to a method of an app.</summary>
    public abstract HttpRequestMessage CreateInvokeMethodRequest(HttpMethod httpMethod, string appId, string methodName);

    /// <summary>A request to a method of an app, with a query.</summary>
    public abstract HttpRequestMessage CreateInvokeMethodRequest(HttpMethod httpMethod, string appId, string methodName, IReadOnlyCollection<KeyValuePair<string, string>> queryStringParameters);

    /// <summary>A POST request to a method of an app, with a JSON body.</summary>
    public HttpRequestMessage CreateInvokeMethodRequest<TRequest>(string appId, string methodName, TRequest data)
        => CreateInvokeMethodRequest(HttpMethod.Post, appId, methodName, [], data);

    /// <summary>A request to a method of an app, with a query and a JSON body.</summary>
    public abstract HttpRequestMessage CreateInvokeMethodRequest<TRequest>(HttpMethod httpMethod, string appId, string methodName, IReadOnlyCollection<KeyValuePair<string, string>> queryStringParameters, TRequest data);

    /// <summary>Sends a request of <c>CreateInvokeMethodRequest</c> and gives the answer back whatever its status is; an unreachable app or sidecar is an <see cref="InvocationException"/>.</summary>
    public abstract Task<HttpResponseMessage> InvokeMethodWithResponseAsync(HttpRequestMessage request, CancellationToken cancellationToken = default);

    /// <summary>Sends a request; a status that is no success is an <see cref="InvocationException"/>.</summary>
    public abstract Task InvokeMethodAsync(HttpRequestMessage request, CancellationToken cancellationToken = default);

    /// <summary>Sends a request and reads its JSON answer; a status that is no success is an <see cref="InvocationException"/>.</summary>
    public abstract Task<TResponse> InvokeMethodAsync<TResponse>(HttpRequestMessage request, CancellationToken cancellationToken = default);

    /// <summary>POSTs to a method of an app.</summary>
    public Task InvokeMethodAsync(string appId, string methodName, CancellationToken cancellationToken = default)
        => InvokeMethodAsync(CreateInvokeMethodRequest(appId, methodName), cancellationToken);

    /// <summary>Calls a method of an app.</summary>
    public Task InvokeMethodAsync(HttpMethod httpMethod, string appId, string methodName, CancellationToken cancellationToken = default)
        => InvokeMethodAsync(CreateInvokeMethodRequest(httpMethod, appId, methodName), cancellationToken);

    /// <summary>POSTs a JSON body to a method of an app.</summary>
    public Task InvokeMethodAsync<TRequest>(string appId, string methodName, TRequest data, CancellationToken cancellationToken = default)
        => InvokeMethodAsync(CreateInvokeMethodRequest(appId, methodName, data), cancellationToken);

    /// <summary>Sends a JSON body to a method of an app.</summary>
    public Task InvokeMethodAsync<TRequest>(HttpMethod httpMethod, string appId, string methodName, TRequest data, CancellationToken cancellationToken = default)
        => InvokeMethodAsync(CreateInvokeMethodRequest(httpMethod, appId, methodName, [], data), cancellationToken);

    /// <summary>POSTs to a method of an app and reads its JSON answer.</summary>
    public Task<TResponse> InvokeMethodAsync<TResponse>(string appId, string methodName, CancellationToken cancellationToken = default)
        => InvokeMethodAsync<TResponse>(CreateInvokeMethodRequest(appId, methodName), cancellationToken);

    /// <summary>Calls a method of an app and reads its JSON answer.</summary>
    public Task<TResponse> InvokeMethodAsync<TResponse>(HttpMethod httpMethod, string appId, string methodName, CancellationToken cancellationToken = default)
        => InvokeMethodAsync<TResponse>(CreateInvokeMethodRequest(httpMethod, appId, methodName), cancellationToken);

    /// <summary>POSTs a JSON body to a method of an app and reads its JSON answer.</summary>
    public Task<TResponse> InvokeMethodAsync<TRequest, TResponse>(string appId, string methodName, TRequest data, CancellationToken cancellationToken = default)
        => InvokeMethodAsync<TResponse>(CreateInvokeMethodRequest(appId, methodName, data), cancellationToken);

    /// <summary>Sends a JSON body to a method of an app and reads its JSON answer.</summary>
    public Task<TResponse> InvokeMethodAsync<TRequest, TResponse>(HttpMethod httpMethod, string appId, string methodName, TRequest data, CancellationToken cancellationToken = default)
        => InvokeMethodAsync<TResponse>(CreateInvokeMethodRequest(httpMethod, appId, methodName, [], data), cancellationToken);

    /// <summary>Calls a method of an app that speaks gRPC by its <c>OnInvoke</c>; a failure is an <see cref="InvocationException"/>.</summary>
    public abstract Task InvokeMethodGrpcAsync(string appId, string methodName, CancellationToken cancellationToken = default);

    /// <summary>Sends a message to a method of an app that speaks gRPC by its <c>OnInvoke</c>.</summary>
    public abstract Task InvokeMethodGrpcAsync<TRequest>(string appId, string methodName, TRequest data, CancellationToken cancellationToken = default)
        where TRequest : IMessage;

    /// <summary>Calls a method of an app that speaks gRPC by its <c>OnInvoke</c> and reads the message that it answers.</summary>
    public abstract Task<TResponse> InvokeMethodGrpcAsync<TResponse>(string appId, string methodName, CancellationToken cancellationToken = default)
        where TResponse : IMessage, new();

    /// <summary>Sends a message to a method of an app that speaks gRPC by its <c>OnInvoke</c> and reads the message that it answers.</summary>
    public abstract Task<TResponse> InvokeMethodGrpcAsync<TRequest, TResponse>(string appId, string methodName, TRequest data, CancellationToken cancellationToken = default)
        where TRequest : IMessage
        where TResponse : IMessage, new();
}
