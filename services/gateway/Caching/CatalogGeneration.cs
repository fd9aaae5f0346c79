namespace Tandem.Gateway;

/// <summary>Which edition of the catalogue is read: whoever changes it through this gateway begins a new one, and nothing of an old one is given any more.</summary>
internal sealed class CatalogGeneration
{
    private long _number;

    public long Number => Interlocked.Read(ref _number);

    /// <summary>The step of a request that may change the catalogue: the new edition begins before its answer goes out.</summary>
    public static async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<ChangesMarker>() is null)
        {
            await next(context);
            return;
        }

        var generation = context.RequestServices.GetRequiredService<CatalogGeneration>();
        context.Response.OnStarting(
            static state =>
            {
                Interlocked.Increment(ref ((CatalogGeneration)state)._number);
                return Task.CompletedTask;
            },
            generation);
        try
        {
            await next(context);
        }
        finally
        {
            // A client that went before its answer began may have changed something all the same.
            if (context.RequestAborted.IsCancellationRequested)
            {
                Interlocked.Increment(ref generation._number);
            }
        }
    }

    /// <summary>On endpoints by which the catalogue changes.</summary>
    internal sealed class ChangesMarker
    {
        public static ChangesMarker Instance { get; } = new();
    }
}
