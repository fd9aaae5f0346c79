using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Tandem.ServiceDefaults;

/// <summary>Marks, in a service's document, the operations that only other services may call: <c>x-internal</c>. They are no part of the shop's API.</summary>
internal static class InternalOperations
{
    private const string Mark = "x-internal";

    public static void AddInternalOperations(this IServiceCollection services)
        => services.Configure<OpenApiOptions>("v1", static options => options.AddOperationTransformer(static (operation, context, _) =>
        {
            if (context.Description.ActionDescriptor.EndpointMetadata.OfType<IAuthorizeData>().Any(static one => one.Policy == Policies.Service))
            {
                operation.AddExtension(Mark, new JsonNodeExtension(JsonValue.Create(true)));
            }

            return Task.CompletedTask;
        }));
}
