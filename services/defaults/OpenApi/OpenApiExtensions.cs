using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Tandem.ServiceDefaults;

/// <summary>/openapi/v1.json: the service's routes with their statuses, problems, headers and who may call them.</summary>
internal static class OpenApiExtensions
{
    private const string BearerScheme = "bearer";

    public static IServiceCollection AddServiceOpenApi(this IServiceCollection services, string appId)
    {
        services.AddSingleton<IApiDescriptionProvider, ProblemResponses>();
        return services.AddOpenApi("v1", options =>
        {
            options.AddDocumentTransformer((document, _, _) =>
            {
                document.Info.Title = appId;
                document.Components ??= new OpenApiComponents();
                document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal);
                document.Components.SecuritySchemes[BearerScheme] = new OpenApiSecurityScheme
                {
                    Type = SecuritySchemeType.Http,
                    Scheme = "bearer",
                    BearerFormat = "JWT",
                    Description = "The access token of POST /auth/login.",
                };
                return Task.CompletedTask;
            });
            options.AddOperationTransformer(DescribeAsync);
        });
    }

    private static Task DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        if (!metadata.OfType<IAllowAnonymous>().Any())
        {
            operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(BearerScheme, context.Document)] = [] }];
        }

        if (metadata.OfType<IHonoursIdempotencyKey>().Any())
        {
            DescribeKey(operation);
        }

        foreach (var (status, response) in operation.Responses ?? [])
        {
            if (status == "503")
            {
                AddHeader(response, "Retry-After", "After how many seconds to ask again.");
            }
        }

        return Task.CompletedTask;
    }

    private static void DescribeKey(OpenApiOperation operation)
    {
        operation.Parameters ??= [];
        operation.Parameters.Add(new OpenApiParameter
        {
            Name = IdempotencyMiddleware.Header,
            In = ParameterLocation.Header,
            Description = "The same key with the same request gives the same answer and one effect; with another request it is refused. Kept for a day.",
            Schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = 255 },
        });
        foreach (var (status, response) in operation.Responses ?? [])
        {
            if (status.StartsWith('2'))
            {
                AddHeader(response, IdempotencyMiddleware.ReplayedHeader, "true when the answer was given before.");
            }
        }
    }

    private static void AddHeader(IOpenApiResponse response, string name, string description)
    {
        if (response is OpenApiResponse own)
        {
            own.Headers ??= new Dictionary<string, IOpenApiHeader>(StringComparer.Ordinal);
            own.Headers[name] = new OpenApiHeader { Description = description, Schema = new OpenApiSchema { Type = JsonSchemaType.String } };
        }
    }
}
