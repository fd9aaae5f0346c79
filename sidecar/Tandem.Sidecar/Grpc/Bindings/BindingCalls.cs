using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Tandem.Components.Bindings;
using Proto = Dapr.Client.Autogen.Grpc.v1;

namespace Tandem.Sidecar.Grpc.Bindings;

/// <summary>The output binding method.</summary>
internal static class BindingCalls
{
    private const string AnswerPrefix = "metadata.";

    public static async Task<Proto.InvokeBindingResponse> InvokeAsync(BuildingBlocks blocks, Proto.InvokeBindingRequest request, HttpContext http, CancellationToken cancellationToken)
    {
        var operation = new BindingRequest(request.Operation, request.Data.Memory, ReadMetadata(request, http.Request.Headers));
        var answer = await blocks.OutputBindings.InvokeAsync(request.Name, operation, cancellationToken).ConfigureAwait(false);
        var response = new Proto.InvokeBindingResponse();
        if (answer is null)
        {
            return response;
        }

        response.Data = UnsafeByteOperations.UnsafeWrap(answer.Data);
        foreach (var (name, value) in answer.Metadata)
        {
            response.Metadata[name] = value;
            if (!value.AsSpan().ContainsAnyInRange('\0', '\u001f'))
            {
                http.Response.Headers[AnswerPrefix + name.ToLowerInvariant()] = value;
            }
        }

        return response;
    }

    /// <summary>The request's metadata, and the call's own where the request says nothing of that name. The call's trace is always the current one.</summary>
    private static Dictionary<string, string> ReadMetadata(Proto.InvokeBindingRequest request, IHeaderDictionary headers)
    {
        var metadata = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, values) in headers)
        {
            if (!IsReserved(name) && values.Count > 0)
            {
                metadata[name] = values[0]!;
            }
        }

        foreach (var (name, value) in request.Metadata)
        {
            if (!IsTrace(name) || !metadata.ContainsKey(name))
            {
                metadata[name] = value;
            }
        }

        return metadata;
    }

    private static bool IsTrace(string name) => name is "traceparent" or "tracestate";

    /// <summary>What belongs to the call itself, and to nobody behind the sidecar.</summary>
    private static bool IsReserved(string name)
        => name.StartsWith(':') || name.StartsWith("grpc-", StringComparison.OrdinalIgnoreCase)
            || name.ToLowerInvariant() is "te" or "content-type" or "content-length" or "user-agent" or "host" or "accept-encoding" or "dapr-api-token";
}
