using FluentValidation;
using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.ServiceDefaults;

namespace Tandem.Product.Reservations;

/// <summary>Stock for orders: for the services of the mesh, and for admins who clean up.</summary>
internal static class ReservationEndpoints
{
    public static IServiceCollection AddReservations(this IServiceCollection services) => services
        .AddSingleton<ReservationDesk>()
        .AddHostedService<ReservationExpiry>()
        .AddSingleton<IValidator<ReservationRequest>, ReservationRequest.Validator>();

    public static void MapReservations(this IEndpointRouteBuilder routes)
    {
        var reservations = routes.MapGroup("/products/reservations").WithTags("Reservations").RequireAuthorization(Policies.AdminOrService);
        reservations.MapPost("/", ReserveAsync).Validate<ReservationRequest>().WithIdempotencyKey()
            .Describe("Sets stock aside for an order, all of it or none, for 15 minutes", StatusCodes.Status409Conflict);
        reservations.MapGet("/{orderId}", GetAsync).Describe("The reservation of an order");
        reservations.MapPost("/{orderId}/commit", CommitAsync).Describe("Makes a reservation a sale", StatusCodes.Status409Conflict);
        reservations.MapDelete("/{orderId}", ReleaseAsync).Describe("Puts the stock of a reservation back, committed or not");
    }

    private static async Task<Results<Created<ReservationResponse>, ProblemHttpResult>> ReserveAsync(
        ReservationRequest request, ReservationDesk desk, CancellationToken cancellationToken)
    {
        var items = request.Items!.Select(static item => new ReservationItem(item.ProductId, item.Quantity));
        return await desk.ReserveAsync(request.OrderId!, items, cancellationToken) switch
        {
            ReserveResult.Done done => TypedResults.Created($"/products/reservations/{request.OrderId}", ReservationResponse.From(done.Reservation)),
            ReserveResult.TooLittle little => Problems.Conflict(Describe(little.Shortages), new Dictionary<string, object?>(StringComparer.Ordinal) { ["shortages"] = little.Shortages }),
            ReserveResult.Refused refused => Problems.Conflict(refused.Reason),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private static async Task<Results<Ok<ReservationResponse>, ProblemHttpResult>> GetAsync(
        string orderId, ReservationDesk desk, CancellationToken cancellationToken)
        => await desk.FindAsync(orderId, cancellationToken) is { } reservation
            ? TypedResults.Ok(ReservationResponse.From(reservation))
            : Problems.NotFound("The reservation of order", orderId);

    private static async Task<Results<Ok<ReservationResponse>, ProblemHttpResult>> CommitAsync(
        string orderId, ReservationDesk desk, CancellationToken cancellationToken)
        => await desk.CommitAsync(orderId, cancellationToken) switch
        {
            null => Problems.NotFound("The reservation of order", orderId),
            { Status: ReservationStatus.Committed } reservation => TypedResults.Ok(ReservationResponse.From(reservation)),
            _ => Problems.Conflict("The reservation's stock has gone back."),
        };

    private static async Task<Results<NoContent, ProblemHttpResult>> ReleaseAsync(
        string orderId, ReservationDesk desk, CancellationToken cancellationToken)
        => await desk.ReleaseAsync(orderId, cancellationToken) is null
            ? Problems.NotFound("The reservation of order", orderId)
            : TypedResults.NoContent();

    private static string Describe(IReadOnlyList<Shortage> shortages)
        => $"Too little stock: {string.Join("; ", shortages.Select(static s => $"{s.Name ?? $"product {s.ProductId}"} ({s.Requested} wanted, {s.Available} left)"))}.";
}
