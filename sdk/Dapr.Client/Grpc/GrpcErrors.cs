using System.Text;
using Google.Rpc;
using Grpc.Core;

namespace Dapr;

/// <summary>Turns what went wrong in a gRPC call into one clear exception.</summary>
internal static class GrpcErrors
{
    /// <summary>The exception to throw, or null when <paramref name="failure"/> is none of the call's and stays as it is.</summary>
    public static Exception? Translate(Exception failure, string operation, Uri endpoint, CancellationToken cancellationToken) => failure switch
    {
        RpcException { StatusCode: StatusCode.Cancelled } when cancellationToken.IsCancellationRequested
            => new OperationCanceledException($"{operation} was cancelled.", failure, cancellationToken),
        RpcException rpc => FromStatus(rpc, operation, endpoint),
        OperationCanceledException when !cancellationToken.IsCancellationRequested => TimedOut(failure, operation, endpoint),
        _ => null,
    };

    /// <summary>The code that a program can act on: the reason that the sidecar gives, or the name of the status.</summary>
    public static string CodeOf(RpcException failure)
        => failure.GetRpcStatus()?.GetDetail<ErrorInfo>() is { Reason.Length: > 0 } info ? info.Reason : NameOf(failure.StatusCode);

    private static DaprApiException FromStatus(RpcException failure, string operation, Uri endpoint)
    {
        if (failure.StatusCode == StatusCode.DeadlineExceeded)
        {
            return TimedOut(failure, operation, endpoint);
        }

        var code = CodeOf(failure);
        var reason = failure.Status.Detail is { Length: > 0 } detail ? detail : "no reason was given";
        return new DaprApiException($"{operation} failed: {reason} ({code}, gRPC {failure.StatusCode} of {endpoint}).", failure, code, IsTransient(failure.StatusCode));
    }

    private static DaprApiException TimedOut(Exception failure, string operation, Uri endpoint)
        => new($"{operation} failed: the Dapr sidecar at {endpoint} did not answer in time.", failure, NameOf(StatusCode.DeadlineExceeded), isTransient: true);

    private static bool IsTransient(StatusCode status) => status is StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.ResourceExhausted;

    private static string NameOf(StatusCode status)
    {
        var words = status.ToString();
        var name = new StringBuilder(words.Length + 2);
        foreach (var letter in words)
        {
            if (char.IsUpper(letter) && name.Length > 0)
            {
                name.Append('_');
            }

            name.Append(char.ToUpperInvariant(letter));
        }

        return name.ToString();
    }
}
