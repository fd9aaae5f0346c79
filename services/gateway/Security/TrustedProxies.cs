using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using IPNetwork = System.Net.IPNetwork;

namespace Tandem.Gateway;

/// <summary>
/// Who may say, in X-Forwarded-For and X-Forwarded-Proto, where a request comes from: the load balancer or ingress before the gateway, named by
/// TRUSTED_PROXIES (addresses and networks, with commas between). Of anybody else these headers are a claim, and no more.
/// </summary>
internal static class TrustedProxies
{
    private const string Setting = "TRUSTED_PROXIES";

    /// <summary>A chain longer than this is somebody's invention.</summary>
    private const int LongestChain = 5;

    public static void AddTrustedProxies(this IServiceCollection services, IConfiguration configuration)
    {
        string[] proxies = [.. (configuration[Setting] ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
        IPNetwork[] networks = [.. proxies.Select(Read)];
        services.Configure<ForwardedHeadersOptions>(options =>
        {
            options.ForwardedHeaders = networks.Length == 0 ? ForwardedHeaders.None : ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
            options.ForwardLimit = LongestChain;
            options.KnownProxies.Clear();
            options.KnownIPNetworks.Clear();
            foreach (var network in networks)
            {
                options.KnownIPNetworks.Add(network);
            }
        });
    }

    private static IPNetwork Read(string text)
    {
        if (IPNetwork.TryParse(text, out var network))
        {
            return network;
        }

        return IPAddress.TryParse(text, out var address)
            ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
            : throw new InvalidOperationException($"{Setting}: \"{text}\" is no address and no network such as 10.0.0.0/8.");
    }
}
