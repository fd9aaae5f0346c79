using System.Globalization;
using System.Text;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.AspNetCore.WebUtilities;
using Rpc = Google.Rpc;

namespace Tandem.Sidecar.Grpc.Invocation;

/// <summary>What a gRPC caller gets when an HTTP app answers with an error status.</summary>
internal static class HttpErrors
{
    /// <summary>More of a body than this is no detail any more; the limit of ErrorInfo's values.</summary>
    private const int MostOfBody = 63;

    /// <summary>The error, with the HTTP status and the beginning of the body in its details.</summary>
    public static RpcException Create(ReadAnswer answer, StatusCode status)
    {
        var reason = ReasonPhrases.GetReasonPhrase(answer.StatusCode);
        var body = Encoding.UTF8.GetString(answer.Body.Span[..Math.Min(answer.Body.Length, MostOfBody)]);
        return new Rpc.Status
        {
            Code = (int)status,
            Message = reason,
            Details =
            {
                Any.Pack(new Rpc.ErrorInfo
                {
                    Reason = reason,
                    Domain = "dapr.io",
                    Metadata = { ["http.code"] = answer.StatusCode.ToString(CultureInfo.InvariantCulture), ["http.error_message"] = body },
                }),
            },
        }.ToRpcException();
    }
}
