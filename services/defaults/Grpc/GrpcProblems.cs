using System.Diagnostics;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using BadRequest = Google.Rpc.BadRequest;
using CallStatus = Grpc.Core.Status;

namespace Tandem.ServiceDefaults;

/// <summary>
/// Problems as gRPC says them: a status whose message is the problem's detail, with <c>ErrorInfo</c> (reason, the trace's id), <c>BadRequest</c>
/// for the fields that are wrong, and <c>RetryInfo</c> where trying again helps.
/// <list type="table">
/// <item><term>400, 422</term><description>INVALID_ARGUMENT</description></item>
/// <item><term>401</term><description>UNAUTHENTICATED</description></item>
/// <item><term>403</term><description>PERMISSION_DENIED</description></item>
/// <item><term>404</term><description>NOT_FOUND</description></item>
/// <item><term>409</term><description>FAILED_PRECONDITION: the same call fails again until the state is another one, too little stock included;
/// ALREADY_EXISTS where something of that name is there</description></item>
/// <item><term>429</term><description>RESOURCE_EXHAUSTED with RetryInfo</description></item>
/// <item><term>503</term><description>UNAVAILABLE with RetryInfo</description></item>
/// <item><term>else</term><description>INTERNAL</description></item>
/// </list>
/// </summary>
public static class GrpcProblems
{
    private const string Domain = "tandem";
    private const string StatusDetails = "grpc-status-details-bin";
    private static readonly TimeSpan DefaultRetry = TimeSpan.FromSeconds(1);

    /// <summary>The exception that ends a call with this problem.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="conflict">What 409 means here.</param>
    /// <param name="retryAfter">When to try again, where that helps; a second when it is not known.</param>
    public static RpcException ToRpcException(
        this ProblemHttpResult problem, StatusCode conflict = StatusCode.FailedPrecondition, TimeSpan? retryAfter = null)
    {
        var status = Describe(problem, conflict, retryAfter);
        return new RpcException(new CallStatus((StatusCode)status.Code, status.Message), new Metadata { { StatusDetails, status.ToByteArray() } });
    }

    /// <summary>The exception that ends a call because of one field.</summary>
    public static RpcException Invalid(string field, string message) => Problems.Validation(field, message).ToRpcException();

    internal static bool IsGrpc(this HttpRequest request)
        => request.ContentType is { } type && type.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase);

    /// <summary>Answers a request that reaches no endpoint: as HTTP does it, or to a gRPC client with a status and nothing else.</summary>
    internal static Task WriteProblemAsync(this HttpContext context, ProblemHttpResult problem)
    {
        if (!context.Request.IsGrpc())
        {
            return problem.ExecuteAsync(context);
        }

        var status = Describe(problem, StatusCode.FailedPrecondition, retryAfter: null);
        var response = context.Response;
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "application/grpc";
        response.Headers["grpc-status"] = status.Code.ToString(System.Globalization.CultureInfo.InvariantCulture);
        response.Headers["grpc-message"] = Uri.EscapeDataString(status.Message);
        response.Headers[StatusDetails] = Convert.ToBase64String(status.ToByteArray());
        return Task.CompletedTask;
    }

    private static Google.Rpc.Status Describe(ProblemHttpResult problem, StatusCode conflict, TimeSpan? retryAfter)
    {
        var details = problem.ProblemDetails;
        var (code, reason) = problem.StatusCode switch
        {
            StatusCodes.Status400BadRequest => (StatusCode.InvalidArgument, "INVALID_REQUEST"),
            StatusCodes.Status401Unauthorized => (StatusCode.Unauthenticated, "NOT_SIGNED_IN"),
            StatusCodes.Status403Forbidden => (StatusCode.PermissionDenied, "NOT_ALLOWED"),
            StatusCodes.Status404NotFound => (StatusCode.NotFound, "NOT_FOUND"),
            StatusCodes.Status409Conflict => (conflict, conflict == StatusCode.AlreadyExists ? "ALREADY_EXISTS" : "WRONG_STATE"),
            StatusCodes.Status422UnprocessableEntity => (StatusCode.InvalidArgument, "IDEMPOTENCY_KEY_REUSED"),
            StatusCodes.Status429TooManyRequests => (StatusCode.ResourceExhausted, "TOO_MANY"),
            StatusCodes.Status503ServiceUnavailable => (StatusCode.Unavailable, "UNAVAILABLE"),
            _ => (StatusCode.Internal, "INTERNAL"),
        };
        var info = new ErrorInfo { Reason = reason, Domain = Domain };
        if (Activity.Current is { } activity)
        {
            info.Metadata["traceId"] = activity.TraceId.ToString();
        }

        var status = new Google.Rpc.Status { Code = (int)code, Message = details.Detail ?? details.Title ?? code.ToString(), Details = { Any.Pack(info) } };
        if (details is HttpValidationProblemDetails invalid)
        {
            status.Message = string.Join(" ", invalid.Errors.Select(static error => $"{error.Key}: {string.Join(" ", error.Value)}"));
            status.Details.Add(Any.Pack(FieldsOf(invalid)));
        }

        if (code is StatusCode.ResourceExhausted or StatusCode.Unavailable)
        {
            status.Details.Add(Any.Pack(new RetryInfo { RetryDelay = Duration.FromTimeSpan(retryAfter ?? DefaultRetry) }));
        }

        return status;
    }

    private static BadRequest FieldsOf(HttpValidationProblemDetails invalid)
    {
        var fields = new BadRequest();
        foreach (var (field, messages) in invalid.Errors)
        {
            fields.FieldViolations.Add(messages.Select(message => new BadRequest.Types.FieldViolation { Field = FieldName(field), Description = message }));
        }

        return fields;
    }

    /// <summary>The field as protos write it: <c>items[0].productId</c> is <c>items[0].product_id</c>.</summary>
    private static string FieldName(string field)
        => string.Concat(field.Select(static c => char.IsAsciiLetterUpper(c) ? $"_{char.ToLowerInvariant(c)}" : c.ToString()));
}
