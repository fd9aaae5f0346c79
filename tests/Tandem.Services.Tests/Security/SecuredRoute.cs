using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Tandem.Services.Tests.Orders;

namespace Tandem.Services.Tests.Security;

/// <summary>One method of one route.</summary>
internal sealed partial record SecuredRoute(string Method, string Pattern, RouteEndpoint Endpoint)
{
    /// <summary>Such as <c>PUT /products/{id}</c>.</summary>
    public string Key => $"{Method} {Pattern}";

    public bool IsOpen => Endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null;

    public bool Changes => Method is not ("GET" or "HEAD" or "OPTIONS" or "ANY");

    /// <summary>Whether it reads a JSON body.</summary>
    public bool TakesJson => Endpoint.Metadata.GetMetadata<Microsoft.AspNetCore.Http.Metadata.IAcceptsMetadata>()?.ContentTypes.Contains("application/json") == true;

    public static IEnumerable<SecuredRoute> Of(RouteEndpoint endpoint)
    {
        // {id:int} and {**rest} as the contract writes them.
        var pattern = "/" + Constraint().Replace(endpoint.RoutePattern.RawText ?? "", "{$1}").Trim('/');
        return (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["ANY"]).Select(method => new SecuredRoute(method, pattern, endpoint));
    }

    /// <summary>The route's path with these ids in it.</summary>
    public string Fill(string userId, string id) => Constraint().Replace(Pattern, match => match.Groups[1].Value switch
    {
        "userId" => userId,
        "productId" => "1",
        "id" when Pattern.StartsWith("/products", StringComparison.Ordinal) => "1",
        _ => id,
    });

    /// <summary>A request of this route about a user, with the user's id wherever it can stand.</summary>
    public HttpRequestMessage RequestAbout(string userId, string id)
    {
        var path = Fill(userId, id);
        var request = new HttpRequestMessage(new HttpMethod(Method == "ANY" ? "GET" : Method), Changes ? path : $"{path}?userId={userId}");
        if (Changes)
        {
            request.Content = JsonContent.Create(BodyAbout(userId));
        }

        return request;
    }

    /// <summary>A body that is valid where the route asks for one, so that nothing but whose it is can be wrong with it.</summary>
    private object BodyAbout(string userId) => Key switch
    {
        "POST /orders" => OrderApplication.Request(userId, items: (1, 1)),
        "POST /payments" => new { userId, amount = 5, method = "card", token = "tok_visa" },
        "POST /baskets/{userId}/items" => new { productId = 1, quantity = 1 },
        "PUT /baskets/{userId}/items/{productId}" => new { quantity = 7 },
        "PUT /products/{id}" => new { name = "Lamp", price = 5, category = "c" },
        "PUT /products/{id}/stock" => new { quantity = 1 },
        "PUT /notifications/{id}" => new { title = "t", message = "m" },
        "PUT /users/me" => new { name = "Somebody", id = userId, userId },
        _ => new { userId },
    };

    [GeneratedRegex(@"\{\**([A-Za-z]+)[^}]*\}")]
    private static partial Regex Constraint();
}
