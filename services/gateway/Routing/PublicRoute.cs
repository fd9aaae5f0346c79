using Tandem.ServiceDefaults;

namespace Tandem.Gateway;

/// <summary>A part of a service that clients reach.</summary>
/// <param name="Service">The service's app id.</param>
/// <param name="Path">Where it begins, as the service knows it; a segment in braces stands for any.</param>
/// <param name="Policy">Who may pass.</param>
internal sealed record PublicRoute(string Service, string Path, string Policy)
{
    /// <summary>The policy that lets everybody pass.</summary>
    public const string Anonymous = "anonymous";

    private static readonly string[] Reads = ["GET", "HEAD"];
    private static readonly string[] Writes = ["POST", "PUT", "PATCH", "DELETE"];

    /// <summary>
    /// What is open to everybody is open here; the rest needs a user here, and the service behind decides what that user may do.
    /// </summary>
    public static IReadOnlyList<PublicRoute> All { get; } =
    [
        new("identity", "/auth", Anonymous),
        new("identity", "/users", Policies.User),
        new("identity", "/.well-known/jwks.json", Anonymous) { HasPrefix = false, HasRest = false, Methods = Reads },

        // Everybody sees the same of these, so the answers can be shared.
        new("product", "/products", Anonymous) { Methods = Reads, IsShared = true },
        new("product", "/products", Policies.Admin) { Methods = Writes, ChangesShared = true },

        // Who has reserved what is nobody else's business, although the path begins with products.
        new("product", "/products/reservations", Policies.Admin) { ChangesShared = true },
        new("basket", "/baskets", Policies.User),
        new("order", "/orders", Policies.User),
        new("payment", "/payments", Policies.User),
        new("notification", "/notifications", Policies.User),
        new("analytics", "/analytics", Policies.Admin),

        // A user's orders and payments are theirs who keep them, although the path begins with users.
        new("order", "/users/{userId}/orders", Policies.User) { HasRest = false },
        new("payment", "/users/{userId}/payments", Policies.User) { HasRest = false },

        // For those who run the shop, beside the gateway's own pages of /admin.
        new("analytics", "/admin/deadletters", Policies.Admin) { HasPrefix = false },
        new("order", "/admin/sagas", Policies.Admin) { HasPrefix = false },
    ];

    /// <summary>Whether clients put /api (or /api/v1) before it.</summary>
    public bool HasPrefix { get; init; } = true;

    /// <summary>Whether what lies below it is reached as well.</summary>
    public bool HasRest { get; init; } = true;

    /// <summary>The methods that take this route; null for all.</summary>
    public IReadOnlyList<string>? Methods { get; init; }

    /// <summary>Whether everybody gets the same answer, so that it may be kept.</summary>
    public bool IsShared { get; init; }

    /// <summary>Whether a request may change what shared answers say.</summary>
    public bool ChangesShared { get; init; }

    /// <summary>The route that a path of a service is reached by, or null when clients do not reach it.</summary>
    public static PublicRoute? Find(string service, string path, string method)
        => All.Where(route => route.Service == service && route.Methods?.Contains(method, StringComparer.OrdinalIgnoreCase) != false && route.Covers(path))
            .MaxBy(static route => route.Path.Length);

    private bool Covers(string path)
    {
        var mine = Path.Split('/');
        var other = path.TrimEnd('/').Split('/');
        return (HasRest ? other.Length >= mine.Length : other.Length == mine.Length)
            && mine.Zip(other).All(static pair => pair.First == pair.Second || (pair.First.StartsWith('{') && pair.Second.Length > 0));
    }
}
