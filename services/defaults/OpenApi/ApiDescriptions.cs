using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.OpenApi;

namespace Tandem.ServiceDefaults;

/// <summary>What /openapi/v1.json says of an endpoint beside what its types say.</summary>
public static class ApiDescriptions
{
    /// <summary>
    /// Says what the endpoint does, and which problems it answers that are its own. Those that follow from what an endpoint is (who may call it,
    /// what it takes, what it needs) are added by <see cref="ProblemResponses"/>.
    /// </summary>
    /// <param name="builder">The endpoint.</param>
    /// <param name="summary">What it does, in one line.</param>
    /// <param name="problems">The statuses of its problems, such as 409.</param>
    public static RouteHandlerBuilder Describe(this RouteHandlerBuilder builder, string summary, params ReadOnlySpan<int> problems)
    {
        builder.WithSummary(summary);
        foreach (var status in problems)
        {
            builder.ProducesProblem(status);
        }

        return builder;
    }

    /// <summary>Says that the body is bytes of one of these content types, which the endpoint reads by itself.</summary>
    public static RouteHandlerBuilder DescribeBody(this RouteHandlerBuilder builder, params string[] contentTypes)
        => builder.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Content = contentTypes.ToDictionary(
                    static type => type,
                    static _ => new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" } },
                    StringComparer.Ordinal),
            };
            return Task.CompletedTask;
        });
}
