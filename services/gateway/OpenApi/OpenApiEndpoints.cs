using System.Text.Json;

namespace Tandem.Gateway;

/// <summary>/openapi/v1.json: one document of what all services offer.</summary>
internal static class OpenApiEndpoints
{
    public static void AddAggregatedOpenApi(this IServiceCollection services)
    {
        services.AddSingleton<ServiceDocuments>();
        services.AddSingleton<AggregatedDocument>();
    }

    public static IEndpointRouteBuilder MapAggregatedOpenApi(this IEndpointRouteBuilder routes)
    {
        routes.MapGet($"/openapi/{ServiceDocuments.Name}.json", GetAsync)
            .AllowAnonymous()
            .ExcludeFromDescription()
            .WithMetadata(SharedReads.Marker.Instance);
        return routes;
    }

    private static async Task<IResult> GetAsync(AggregatedDocument document, CancellationToken cancellationToken)
        => TypedResults.Bytes(await document.GetAsync(cancellationToken), "application/json;charset=utf-8");

    /// <summary>
    /// The document as it was last made. It is made anew when it is old: after fifteen seconds, and after two while a service is missing, so that
    /// one that comes back is soon in it.
    /// </summary>
    internal sealed class AggregatedDocument(ServiceDocuments documents, TimeProvider time) : IDisposable
    {
        private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(15);
        private static readonly TimeSpan LifetimeOfPart = TimeSpan.FromSeconds(2);

        private readonly SemaphoreSlim _making = new(1, 1);
        private (byte[] Json, bool IsWhole, long At)? _known;

        public async Task<byte[]> GetAsync(CancellationToken cancellationToken)
        {
            await _making.WaitAsync(cancellationToken);
            try
            {
                if (_known is not { } known || time.GetElapsedTime(known.At) > (known.IsWhole ? Lifetime : LifetimeOfPart))
                {
                    var all = await documents.CollectAsync(cancellationToken);
                    _known = known = (
                        JsonSerializer.SerializeToUtf8Bytes(ApiDocument.Merge(all)),
                        all.All(static one => one.Document is not null),
                        time.GetTimestamp());
                }

                return known.Json;
            }
            finally
            {
                _making.Release();
            }
        }

        public void Dispose() => _making.Dispose();
    }
}
