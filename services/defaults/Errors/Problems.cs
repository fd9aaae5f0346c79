using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Tandem.ServiceDefaults;

/// <summary>The error answers of the mesh, as problem details (RFC 9457).</summary>
public static class Problems
{
    /// <summary>404: there is no such thing.</summary>
    /// <param name="what">The kind of thing, such as "Product".</param>
    /// <param name="id">Its id.</param>
    public static ProblemHttpResult NotFound(string what, object id)
        => Of(StatusCodes.Status404NotFound, string.Create(CultureInfo.InvariantCulture, $"{what} {id} does not exist."));

    /// <summary>409: what was asked does not fit the state.</summary>
    public static ProblemHttpResult Conflict(string detail) => Of(StatusCodes.Status409Conflict, detail);

    /// <summary>409 with further members beside the standard ones.</summary>
    public static ProblemHttpResult Conflict(string detail, IDictionary<string, object?> extensions)
        => TypedResults.Problem(detail, statusCode: StatusCodes.Status409Conflict, extensions: extensions);

    /// <summary>401: who asks is not known.</summary>
    public static ProblemHttpResult Unauthorized(string detail) => Of(StatusCodes.Status401Unauthorized, detail);

    /// <summary>403: who asks may not do this.</summary>
    public static ProblemHttpResult Forbidden(string detail) => Of(StatusCodes.Status403Forbidden, detail);

    /// <summary>422: the request is well formed and cannot be followed.</summary>
    public static ProblemHttpResult Unprocessable(string detail) => Of(StatusCodes.Status422UnprocessableEntity, detail);

    /// <summary>503 with Retry-After: something that this service needs is down.</summary>
    public static ProblemHttpResult Unavailable(string detail) => Of(StatusCodes.Status503ServiceUnavailable, detail);

    /// <summary>400: these fields are wrong.</summary>
    public static ProblemHttpResult Validation(IDictionary<string, string[]> errors)
        => TypedResults.Problem(new HttpValidationProblemDetails(errors)
        {
            Status = StatusCodes.Status400BadRequest,
            Detail = string.Join(' ', errors.Select(static error => $"{error.Key}: {string.Join(' ', error.Value)}")),
        });

    /// <summary>400: this field is wrong.</summary>
    public static ProblemHttpResult Validation(string field, string message)
        => Validation(new Dictionary<string, string[]>(StringComparer.Ordinal) { [field] = [message] });

    /// <summary>A problem of any other status.</summary>
    public static ProblemHttpResult Of(int status, string detail) => TypedResults.Problem(detail, statusCode: status);
}
