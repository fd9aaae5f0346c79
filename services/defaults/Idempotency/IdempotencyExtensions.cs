using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Tandem.ServiceDefaults;

/// <summary>Idempotency keys for creating POSTs.</summary>
public static class IdempotencyExtensions
{
    /// <summary>Adds the keys' storage; needs <see cref="DatabaseExtensions.AddDatabase"/>.</summary>
    public static WebApplicationBuilder AddIdempotency(this WebApplicationBuilder builder)
    {
        builder.Services.AddScoped<Idempotency>();
        builder.Services.AddSingleton<KeyedLocks>();
        return builder;
    }

    /// <summary>
    /// Honours the header Idempotency-Key here: the same key with the same request gives the same answer and one effect (the repetition says
    /// <c>Idempotency-Replayed: true</c>), with another request 422. Only answers of success are kept, so what failed can be tried again.
    /// </summary>
    public static TBuilder WithIdempotencyKey<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder
        => builder.WithMetadata(IdempotencyMiddleware.Marker.Instance);

    /// <summary>Says of an endpoint that it honours the key by itself, with <see cref="RequestKey"/>, so that its description has the header.</summary>
    public static TBuilder HonoursIdempotencyKey<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder
        => builder.WithMetadata(OwnKeys.Instance);

    private sealed class OwnKeys : IHonoursIdempotencyKey
    {
        public static OwnKeys Instance { get; } = new();
    }
}

/// <summary>On endpoints that take an Idempotency-Key, whoever sees to it.</summary>
internal interface IHonoursIdempotencyKey;
