using System.Net;
using System.Net.Http.Headers;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Tandem.Runtime.Invocation.Grpc;
using Tandem.Runtime.Tracing;
using Rpc = Google.Rpc;

namespace Tandem.Runtime.AppChannel.Grpc;

/// <summary>Requests to an app that speaks gRPC, and its answers, in the terms of HTTP: what <c>AppCallback.OnInvoke</c> takes and gives.</summary>
internal static class InvokeMessages
{
    private const string Protobuf = "application/x-protobuf";

    private static readonly JsonFormatter Json = new(new JsonFormatter.Settings(formatDefaultValues: false, TypeRegistry()));

    /// <summary>The request.</summary>
    /// <param name="pathAndQuery">The method, then the query.</param>
    /// <param name="dataType">The type of the body, where the caller named one.</param>
    public static InvokeRequest ToRequest(HttpRequestMessage message, string pathAndQuery, byte[] body, string? dataType)
    {
        var queryAt = pathAndQuery.IndexOf('?', StringComparison.Ordinal);
        return new InvokeRequest
        {
            Method = (queryAt < 0 ? pathAndQuery : pathAndQuery[..queryAt]).TrimStart('/'),
            Data = new Any { TypeUrl = dataType ?? "", Value = UnsafeByteOperations.UnsafeWrap(body) },
            ContentType = message.Content?.Headers.NonValidated.TryGetValues("Content-Type", out var type) is true ? type.ToString() : "",
            HttpExtension = new HTTPExtension
            {
                Verb = System.Enum.TryParse<HTTPExtension.Types.Verb>(message.Method.Method, ignoreCase: true, out var verb) ? verb : HTTPExtension.Types.Verb.None,
                Querystring = queryAt < 0 ? "" : pathAndQuery[(queryAt + 1)..],
            },
        };
    }

    /// <summary>The request's headers.</summary>
    public static void AddHeaders(Metadata metadata, HttpRequestMessage message)
    {
        Add(metadata, message.Headers.NonValidated);
        if (message.Content is { } content)
        {
            Add(metadata, content.Headers.NonValidated);
        }

        InvocationMetadata.AddTrace(metadata, ValueOf(message, TraceHeaders.TraceParent), ValueOf(message, TraceHeaders.TraceState));
    }

    /// <summary>The answer of an app that took the call.</summary>
    public static HttpResponseMessage ToAnswer(InvokeResponse response, Metadata headers, Metadata trailers)
    {
        var data = response.Data ?? new Any();
        var answer = new HttpResponseMessage(HttpStatusCode.OK) { Content = new ReadOnlyMemoryContent(data.Value.Memory) };
        var contentType = data.TypeUrl.Length > 0 ? Protobuf : response.ContentType;
        if (contentType.Length > 0)
        {
            answer.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        return Complete(answer, new CarriedAnswer(Status.DefaultSuccess, headers, trailers, data.TypeUrl));
    }

    /// <summary>The answer of an app that ended the call with an error: over HTTP its body is the status in JSON.</summary>
    public static HttpResponseMessage ToAnswer(RpcException failure, Metadata headers)
    {
        var answer = new HttpResponseMessage((HttpStatusCode)InvocationStatus.ToHttp(failure.StatusCode)) { Content = new StringContent(Format(failure)) };
        answer.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return Complete(answer, new CarriedAnswer(failure.Status, headers, failure.Trailers, ""));
    }

    private static HttpResponseMessage Complete(HttpResponseMessage answer, CarriedAnswer carried)
    {
        foreach (var entry in carried.Headers)
        {
            if (!entry.IsBinary && InvocationMetadata.HeaderFor(entry.Key) is { } name)
            {
                answer.Headers.TryAddWithoutValidation(name, entry.Value);
            }
        }

        carried.WriteTo(answer);
        return answer;
    }

    private static string Format(RpcException failure)
    {
        var status = failure.GetRpcStatus() ?? new Rpc.Status();
        status.Code = (int)failure.StatusCode;
        status.Message = failure.Status.Detail;
        try
        {
            return Json.Format(status);
        }
        catch (InvalidOperationException)
        {
            // A detail of a type that only the app knows has no JSON.
            status.Details.Clear();
            return Json.Format(status);
        }
    }

    private static void Add(Metadata metadata, HttpHeadersNonValidated headers)
    {
        foreach (var (name, values) in headers)
        {
            foreach (var value in values)
            {
                InvocationMetadata.AddHeader(metadata, name, value);
            }
        }
    }

    private static string? ValueOf(HttpRequestMessage message, string name)
        => message.Headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;

    private static Google.Protobuf.Reflection.TypeRegistry TypeRegistry()
        => Google.Protobuf.Reflection.TypeRegistry.FromFiles(Rpc.ErrorDetailsReflection.Descriptor);
}
