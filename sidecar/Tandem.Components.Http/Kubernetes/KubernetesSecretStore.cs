using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Tandem.Components.Http.Tls;
using Tandem.Components.Secrets;

namespace Tandem.Components.Http.Kubernetes;

/// <summary><c>secretstores.kubernetes</c>: the Secrets of one namespace, by the cluster's API.</summary>
internal sealed class KubernetesSecretStore(KubernetesOptions options, TimeProvider timeProvider) : ISecretStore, IInitializable, IDisposable
{
    private const int PageSize = 250;
    private const int LongestName = 253;

    private readonly ServerClient _http = new(
        "the Kubernetes API",
        "KUBERNETES_SERVICE_HOST",
        options.Api,
        TrustedHandler.Create(TrustedHandler.ReadAuthorities("ca.crt", TrustedHandler.ReadFile("ca.crt", options.AuthorityPath))),
        timeProvider);

    public static KubernetesSecretStore Create(ComponentContext context)
        => new(KubernetesOptions.Parse(context, Environment.GetEnvironmentVariable, KubernetesOptions.DefaultFolder), context.TimeProvider);

    /// <inheritdoc/>
    public async ValueTask InitializeAsync(CancellationToken cancellationToken)
        => await _http.WaitUntilUpAsync(() => new HttpRequestMessage(HttpMethod.Get, new Uri(options.Api, "/version")), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyDictionary<string, string>?> GetAsync(string name, CancellationToken cancellationToken)
    {
        if (!IsName(name))
        {
            // The cluster cannot have it, and what else the path might lead to is none of this store's.
            return null;
        }

        using var secret = await ReadAsync($"/{name}", cancellationToken);
        return secret is null ? null : ValuesOf(secret.RootElement);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>> GetAllAsync(CancellationToken cancellationToken)
    {
        var secrets = new Dictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.Ordinal);
        var next = "";
        do
        {
            using var page = await ReadAsync($"?limit={PageSize}{(next.Length > 0 ? $"&continue={Uri.EscapeDataString(next)}" : "")}", cancellationToken)
                ?? throw new HttpRequestException($"the Kubernetes API knows no namespace '{options.Namespace}'");
            foreach (var secret in page.RootElement.GetProperty("items").EnumerateArray())
            {
                secrets[secret.GetProperty("metadata").GetProperty("name").GetString()!] = ValuesOf(secret);
            }

            next = page.RootElement.TryGetProperty("metadata", out var metadata) && metadata.TryGetProperty("continue", out var token) ? token.GetString() ?? "" : "";
        }
        while (next.Length > 0);

        return secrets;
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static Dictionary<string, string> ValuesOf(JsonElement secret)
        => secret.TryGetProperty("data", out var data) && data.ValueKind is JsonValueKind.Object
            ? data.EnumerateObject().ToDictionary(static value => value.Name, static value => Encoding.UTF8.GetString(value.Value.GetBytesFromBase64()), StringComparer.Ordinal)
            : [];

    private static bool IsName(string name)
        => name.Length is > 0 and <= LongestName && name.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.') && name is not ("." or "..");

    /// <summary>What the API answers; <see langword="null"/> when there is nothing of that name.</summary>
    private async Task<JsonDocument?> ReadAsync(string rest, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(options.Api, $"/api/v1/namespaces/{Uri.EscapeDataString(options.Namespace)}/secrets{rest}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", TrustedHandler.ReadFile("token", options.TokenPath).Trim());
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        var (status, body) = await _http.SendAsync(request, cancellationToken);
        return status switch
        {
            HttpStatusCode.OK => JsonDocument.Parse(body),
            HttpStatusCode.NotFound => null,
            _ => throw new HttpRequestException($"the Kubernetes API answered {(int)status}: {MessageOf(body)}"),
        };
    }

    private static string MessageOf(byte[] body)
    {
        try
        {
            using var status = JsonDocument.Parse(body);
            return status.RootElement.TryGetProperty("message", out var message) ? message.ToString() : "";
        }
        catch (JsonException)
        {
            return "";
        }
    }
}
