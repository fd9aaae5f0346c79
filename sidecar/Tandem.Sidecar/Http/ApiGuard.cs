using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Tandem.Runtime.Resources;

namespace Tandem.Sidecar.Http;

/// <summary>Refuses what the API token or the Configuration's lists of allowed and denied APIs do not let through. Health is for anybody.</summary>
internal sealed class ApiGuard
{
    private readonly byte[]? _token;
    private readonly ApiRule[] _allowed;
    private readonly ApiRule[] _denied;

    public ApiGuard(string? token, ConfigurationResource configuration)
    {
        _token = string.IsNullOrEmpty(token) ? null : Encoding.UTF8.GetBytes(token);
        _allowed = ForHttp(configuration.AllowedApis);
        _denied = ForHttp(configuration.DeniedApis);
    }

    /// <summary>Whether the request has the token that is asked for, if one is.</summary>
    public bool HasToken(HttpContext http, ReadOnlySpan<char> block)
        => _token is null || block is "healthz" || CryptographicOperations.FixedTimeEquals(_token, Encoding.UTF8.GetBytes(http.Request.Headers["dapr-api-token"].ToString()));

    /// <summary>Whether the lists let the API through. A denied one stays so whatever else is allowed.</summary>
    /// <param name="rest">What follows the block in the path, escaped.</param>
    public bool Allows(ReadOnlySpan<char> block, ReadOnlySpan<char> rest, bool isAlpha)
        => block is "healthz"
            || (_denied.Length == 0 || !Matches(_denied, block, rest, isAlpha)) && (_allowed.Length == 0 || Matches(_allowed, block, rest, isAlpha));

    private static ApiRule[] ForHttp(IEnumerable<ApiRule> rules)
        => [.. rules.Where(static rule => rule.Protocol.Equals("http", StringComparison.OrdinalIgnoreCase))];

    private static bool Matches(ApiRule[] rules, ReadOnlySpan<char> block, ReadOnlySpan<char> rest, bool isAlpha)
    {
        foreach (var rule in rules)
        {
            // v1 and v1.0, v1alpha1 and v1.0-alpha1 mean the same.
            if (rule.Version.Contains("alpha", StringComparison.Ordinal) == isAlpha && IsBegunBy(block, rest, rule.Name))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A name is a building block (<c>state</c>), or how the paths of some of its routes begin (<c>publish/bulk</c>).</summary>
    private static bool IsBegunBy(ReadOnlySpan<char> block, ReadOnlySpan<char> rest, ReadOnlySpan<char> name)
    {
        var slash = name.IndexOf('/');
        if (slash < 0)
        {
            return block.StartsWith(name, StringComparison.Ordinal);
        }

        if (!block.SequenceEqual(name[..slash]))
        {
            return false;
        }

        var asked = new PathReader(rest);
        var named = new PathReader(name[slash..]);
        while (named.TryReadRaw(out var segment))
        {
            if (!asked.TryRead(out var given) || !(named.IsAtEnd ? given.AsSpan().StartsWith(segment, StringComparison.Ordinal) : segment.SequenceEqual(given)))
            {
                return false;
            }
        }

        return true;
    }
}
