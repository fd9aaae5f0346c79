using System.Net;

namespace Tandem.Services.Tests.Security;

/// <summary>Nobody reaches what belongs to somebody else, by any route of any service.</summary>
[Collection(nameof(SecuredMesh))]
public sealed class ObjectLevelAuthorizationTests(SecuredMesh mesh)
{
    /// <summary>Routes that are about the caller alone, whatever the request says.</summary>
    private static readonly string[] AboutTheCaller = ["GET /users/me", "PUT /users/me"];

    /// <summary>What everybody may ask, signed in or not. A route that is not among them needs a policy.</summary>
    private static readonly string[] Open =
    [
        "ANY /health", "ANY /health/live", "ANY /health/ready", "GET /metrics", "GET /openapi/{documentName}.json", "GET /dapr/subscribe",
        "POST /auth/register", "POST /auth/login", "POST /auth/refresh", "POST /auth/logout", "GET /.well-known/jwks.json",
        "GET /products", "GET /products/categories", "GET /products/{id}", "GET /products/search", "GET /products/{id}/image", "HEAD /products/{id}/image",
    ];

    [Theory]
    [MemberData(nameof(SecuredMesh.Names), MemberType = typeof(SecuredMesh))]
    public async Task EveryRoute_WithAnotherUsersIds_IsForbiddenAndChangesNothing(string name)
    {
        var service = mesh[name];
        using var stranger = service.ClientOf(service.StrangerToken);
        var before = await service.ViewAsync();
        List<string> reached = [];

        foreach (var route in service.GuardedRoutes)
        {
            using var request = route.RequestAbout(service.Owner, service.OwnersId);
            using var response = await stranger.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            var isOwn = Array.IndexOf(AboutTheCaller, route.Key) >= 0;
            if (isOwn
                ? response.StatusCode != HttpStatusCode.OK || (await response.Content.ReadAsStringAsync()).Contains(service.Owner, StringComparison.Ordinal)
                : response.StatusCode != HttpStatusCode.Forbidden)
            {
                reached.Add($"{route.Key}: {(int)response.StatusCode}");
            }
        }

        Assert.NotEmpty(service.GuardedRoutes);
        Assert.Empty(reached);
        Assert.Equal(before, await service.ViewAsync());
    }

    [Theory]
    [MemberData(nameof(SecuredMesh.Names), MemberType = typeof(SecuredMesh))]
    public async Task EveryRoute_WithoutAUser_IsUnauthorized(string name)
    {
        var service = mesh[name];
        using var nobody = service.CreateClient();
        List<string> reached = [];

        foreach (var route in service.GuardedRoutes)
        {
            using var request = route.RequestAbout(service.Owner, service.OwnersId);
            using var response = await nobody.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            if (response.StatusCode != HttpStatusCode.Unauthorized)
            {
                reached.Add($"{route.Key}: {(int)response.StatusCode}");
            }
        }

        Assert.NotEmpty(service.GuardedRoutes);
        Assert.Empty(reached);
    }

    [Theory]
    [MemberData(nameof(SecuredMesh.Names), MemberType = typeof(SecuredMesh))]
    public void EveryRoute_ThatIsOpen_IsMeantToBe(string name)
    {
        var open = mesh[name].Routes.Where(static route => route.IsOpen).Select(static route => route.Key).ToList();

        Assert.NotEmpty(open);
        Assert.Empty(open.Except(Open, StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("order", "GET /users/{userId}/orders")]
    [InlineData("order", "POST /orders/{id}/cancel")]
    [InlineData("payment", "POST /payments/{id}/refund")]
    [InlineData("basket", "DELETE /baskets/{userId}/items")]
    [InlineData("notification", "POST /notifications/{id}/read")]
    [InlineData("identity", "GET /users/{id}")]
    public void Routes_OfTheContract_AreAmongThoseThatAreTried(string name, string route)
        => Assert.Contains(route, mesh[name].GuardedRoutes.Select(static guarded => guarded.Key));
}
