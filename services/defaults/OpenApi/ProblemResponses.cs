using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ApiExplorer;

namespace Tandem.ServiceDefaults;

/// <summary>
/// Describes the problems that follow from what an endpoint is: 400 when it takes a body or parameters, 401 and 403 when it asks who calls, 404 when
/// its path names something, 422 when it honours idempotency keys, 503 for all, as every endpoint waits for the service's start and most need another.
/// </summary>
internal sealed class ProblemResponses : IApiDescriptionProvider
{
    private const string ContentType = "application/problem+json";

    /// <summary>After those that describe the endpoints.</summary>
    public int Order => int.MaxValue;

    public void OnProvidersExecuting(ApiDescriptionProviderContext context)
    {
    }

    public void OnProvidersExecuted(ApiDescriptionProviderContext context)
    {
        foreach (var description in context.Results)
        {
            foreach (var status in StatusesOf(description).Where(status => description.SupportedResponseTypes.All(known => known.StatusCode != status)))
            {
                description.SupportedResponseTypes.Add(new ApiResponseType
                {
                    StatusCode = status,
                    Type = status == StatusCodes.Status400BadRequest ? typeof(HttpValidationProblemDetails) : typeof(ProblemDetails),
                    ApiResponseFormats = [new ApiResponseFormat { MediaType = ContentType }],
                });
            }
        }
    }

    private static IEnumerable<int> StatusesOf(ApiDescription description)
    {
        var metadata = description.ActionDescriptor.EndpointMetadata;
        if (description.ParameterDescriptions.Any(static parameter => parameter.Source.Id is "Body" or "Query"))
        {
            yield return StatusCodes.Status400BadRequest;
        }

        // What says nothing is for signed-in users: that is the fallback policy.
        if (!metadata.OfType<IAllowAnonymous>().Any())
        {
            yield return StatusCodes.Status401Unauthorized;
            yield return StatusCodes.Status403Forbidden;
        }

        if (description.ParameterDescriptions.Any(static parameter => parameter.Source.Id == "Path"))
        {
            yield return StatusCodes.Status404NotFound;
        }

        if (metadata.OfType<IHonoursIdempotencyKey>().Any())
        {
            yield return StatusCodes.Status422UnprocessableEntity;
        }

        yield return StatusCodes.Status503ServiceUnavailable;
    }
}
