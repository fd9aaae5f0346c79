using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Tandem.Gateway;

/// <summary>Collects the OpenAPI documents of the services, and the gateway's own.</summary>
internal sealed class ServiceDocuments(
    GatewayOptions options, ServiceClient client, [FromKeyedServices(ServiceDocuments.Name)] IOpenApiDocumentProvider own, TimeProvider time)
{
    /// <summary>The document's name, here and in each service.</summary>
    public const string Name = "v1";

    private const int LargestDocument = 4 * 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public async Task<IReadOnlyList<ServiceDocument>> CollectAsync(CancellationToken cancellationToken)
        => [
            .. await Task.WhenAll(options.Services.Where(static service => service.Enabled).Select(service => AskAsync(service, cancellationToken))),
            new ServiceDocument("gateway", await OwnAsync(cancellationToken)),
        ];

    private async Task<JsonObject> OwnAsync(CancellationToken cancellationToken)
    {
        var document = await own.GetOpenApiDocumentAsync(cancellationToken);
        return JsonNode.Parse(await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1, cancellationToken))!.AsObject();
    }

    /// <summary>The instances of a service say the same: the first that answers will do.</summary>
    private async Task<ServiceDocument> AskAsync(ServiceOptions service, CancellationToken cancellationToken)
    {
        var problem = "";
        foreach (var instance in client.InstancesOf(service))
        {
            try
            {
                using var limit = new CancellationTokenSource(Patience, time);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
                using var response = await client.GetAsync(service, instance, $"openapi/{Name}.json", either.Token);
                if (!response.IsSuccessStatusCode)
                {
                    problem = $"It answered {(int)response.StatusCode}.";
                    continue;
                }

                await response.Content.LoadIntoBufferAsync(LargestDocument, either.Token);
                await using var body = await response.Content.ReadAsStreamAsync(either.Token);
                if (await JsonNode.ParseAsync(body, cancellationToken: either.Token) is JsonObject document && document["paths"] is JsonObject)
                {
                    return new ServiceDocument(service.Name, document);
                }

                problem = "It gave something else than an OpenAPI document.";
            }
            catch (JsonException)
            {
                problem = "It gave something else than an OpenAPI document.";
            }
            catch (HttpRequestException)
            {
                problem = "It could not be asked.";
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                problem = "It did not answer in time.";
            }
        }

        return new ServiceDocument(service.Name, null, problem);
    }
}
