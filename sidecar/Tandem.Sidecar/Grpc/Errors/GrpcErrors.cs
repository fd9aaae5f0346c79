using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Tandem.Grpc.Server;
using Tandem.Runtime.Errors;
using Rpc = Google.Rpc;

namespace Tandem.Sidecar.Grpc.Errors;

/// <summary>Dapr's errors as gRPC carries them: a status, a message, and details in <c>grpc-status-details-bin</c>.</summary>
internal static class GrpcErrors
{
    private const string Domain = "dapr.io";

    /// <summary>The exception that ends a call with the error.</summary>
    public static RpcException ToRpcException(this DaprError error) => error.ToRpcStatus().ToRpcException();

    /// <summary>Ends a call with the error before any of its messages is read.</summary>
    public static Task RefuseAsync(HttpContext http, DaprError error)
    {
        var exception = error.ToRpcException();
        return GrpcDispatcher.RefuseAsync(http, exception.Status, exception.Trailers);
    }

    /// <summary>The status with its details. An error that has none says its code, so that programs need not read messages.</summary>
    public static Rpc.Status ToRpcStatus(this DaprError error)
    {
        var status = new Rpc.Status { Code = (int)error.GrpcStatus, Message = error.Message };
        if (error.Details.Count == 0)
        {
            status.Details.Add(Any.Pack(new Rpc.ErrorInfo { Domain = Domain, Reason = error.Code }));
        }

        foreach (var detail in error.Details)
        {
            status.Details.Add(Any.Pack(Translate(detail)));
        }

        return status;
    }

    private static IMessage Translate(ErrorDetail detail)
    {
        switch (detail)
        {
            case ErrorInfo info:
                var translated = new Rpc.ErrorInfo { Domain = Domain, Reason = info.Reason };
                foreach (var (name, value) in info.Metadata ?? new Dictionary<string, string>())
                {
                    translated.Metadata[name] = value;
                }

                return translated;
            case ResourceInfo resource:
                return new Rpc.ResourceInfo { ResourceType = resource.ResourceType, ResourceName = resource.ResourceName, Description = resource.Description };
            case FieldViolation violation:
                var request = new Rpc.BadRequest();
                request.FieldViolations.Add(new Rpc.BadRequest.Types.FieldViolation { Field = violation.Field, Description = violation.Description });
                return request;
            default:
                throw new InvalidOperationException($"no message for {detail.GetType()}");
        }
    }
}
