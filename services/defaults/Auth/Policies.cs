using Microsoft.AspNetCore.Authorization;

namespace Tandem.ServiceDefaults;

/// <summary>Who may call an endpoint. One without a policy is open to signed-in users only.</summary>
public static class Policies
{
    /// <summary>Any signed-in user.</summary>
    public const string User = "user";

    /// <summary>A signed-in user with the role admin.</summary>
    public const string Admin = "admin";

    /// <summary>Another service of the mesh, through its sidecar and ours. The gateway is none: it carries its clients' wishes.</summary>
    public const string Service = "service";

    /// <summary>Any signed-in user, or another service.</summary>
    public const string UserOrService = "user-or-service";

    /// <summary>A signed-in admin, or another service.</summary>
    public const string AdminOrService = "admin-or-service";

    /// <summary>Our own sidecar: events, bindings, jobs, and turns of actors that it or this service itself called.</summary>
    public const string Sidecar = "sidecar";

    internal static void Configure(AuthorizationOptions options)
    {
        options.AddPolicy(User, static policy => policy.RequireAssertion(static context => context.User.IsUser()));
        options.AddPolicy(Admin, static policy => policy.RequireAssertion(static context => context.User.IsAdmin()));
        options.AddPolicy(Service, static policy => policy.RequireAssertion(static context => context.User.IsService()));
        options.AddPolicy(UserOrService, static policy => policy.RequireAssertion(static context => context.User.IsUser() || context.User.IsService()));
        options.AddPolicy(AdminOrService, static policy => policy.RequireAssertion(static context => context.User.IsAdmin() || context.User.IsService()));
        options.AddPolicy(Sidecar, static policy => policy.RequireAssertion(static context => context.User.IsSidecar()));
        options.DefaultPolicy = options.GetPolicy(User)!;
        options.FallbackPolicy = options.DefaultPolicy;
    }
}
