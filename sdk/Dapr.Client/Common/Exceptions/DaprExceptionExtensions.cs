using System.Diagnostics.CodeAnalysis;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;

namespace Dapr.Common.Exceptions;

/// <summary>Reads what the sidecar says of an error beside its status.</summary>
public static class DaprExceptionExtensions
{
    /// <summary>The details of the sidecar's error; false when the exception carries none.</summary>
    public static bool TryGetExtendedErrorInfo(this DaprException exception, [NotNullWhen(true)] out DaprExtendedErrorInfo? daprExtendedErrorInfo)
    {
        ArgumentNullException.ThrowIfNull(exception);
        daprExtendedErrorInfo = null;
        if (exception.InnerException is RpcException failure && failure.GetRpcStatus() is { } status)
        {
            daprExtendedErrorInfo = new DaprExtendedErrorInfo(status.Code, status.Message) { Details = [.. status.Details.Select(Read)] };
        }

        return daprExtendedErrorInfo is not null;
    }

    private static DaprExtendedErrorDetail Read(Any any)
    {
        if (any.TryUnpack(out ErrorInfo error))
        {
            return new DaprErrorInfoDetail(error.Reason, error.Domain, new Dictionary<string, string>(error.Metadata));
        }

        if (any.TryUnpack(out ResourceInfo resource))
        {
            return new DaprResourceInfoDetail(resource.ResourceType, resource.ResourceName, resource.Owner, resource.Description);
        }

        if (any.TryUnpack(out BadRequest request))
        {
            return new DaprBadRequestDetail { FieldViolations = [.. request.FieldViolations.Select(static v => new DaprBadRequestDetailFieldViolation(v.Field, v.Description))] };
        }

        if (any.TryUnpack(out PreconditionFailure precondition))
        {
            return new DaprPreconditionFailureDetail { Violations = [.. precondition.Violations.Select(static v => new DaprPreconditionFailureViolation(v.Type, v.Subject, v.Description))] };
        }

        if (any.TryUnpack(out QuotaFailure quota))
        {
            return new DaprQuotaFailureDetail { Violations = [.. quota.Violations.Select(static v => new DaprQuotaFailureViolation(v.Subject, v.Description))] };
        }

        if (any.TryUnpack(out RetryInfo retry))
        {
            return new DaprRetryInfoDetail { Delay = new DaprRetryDelay(retry.RetryDelay?.Seconds ?? 0, retry.RetryDelay?.Nanos ?? 0) };
        }

        if (any.TryUnpack(out DebugInfo debug))
        {
            return new DaprDebugInfoDetail([.. debug.StackEntries], debug.Detail);
        }

        if (any.TryUnpack(out RequestInfo info))
        {
            return new DaprRequestInfoDetail(info.RequestId, info.ServingData);
        }

        if (any.TryUnpack(out Help help))
        {
            return new DaprHelpDetail { Links = [.. help.Links.Select(static l => new DaprHelpDetailLink(l.Url, l.Description))] };
        }

        return any.TryUnpack(out LocalizedMessage message)
            ? new DaprLocalizedMessageDetail(message.Locale, message.Message)
            : new DaprUnknownDetail(any.TypeUrl);
    }
}
