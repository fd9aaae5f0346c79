using System.Net;
using System.Text.Json;
using Tandem.Components.Http.Tls;
using Tandem.Components.Metadata;
using Tandem.Components.Secrets;

namespace Tandem.Components.Http.Vault;

/// <summary><c>secretstores.hashicorp.vault</c>: secrets from a key-value engine (version 2) of Vault, by its HTTP API.</summary>
internal sealed class VaultSecretStore(VaultOptions options, TimeProvider timeProvider) : ISecretStore, IInitializable, IDisposable
{
    private static readonly HttpMethod List = new("LIST");

    private readonly ServerClient _http = new(
        "Vault", "vaultAddr", options.Address, TrustedHandler.Create(options.Authorities, options.SkipVerify), timeProvider)
    { HostName = options.ServerName };

    public static VaultSecretStore Create(ComponentContext context) => new(VaultOptions.Parse(context), context.TimeProvider);

    /// <inheritdoc/>
    public async ValueTask InitializeAsync(CancellationToken cancellationToken)
        => await _http.WaitUntilUpAsync(() => new HttpRequestMessage(HttpMethod.Get, new Uri(options.Address, "/v1/sys/health")), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyDictionary<string, string>?> GetAsync(string name, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(HttpMethod.Get, "data", name, "?version=0", cancellationToken);
        if (answer is null || !answer.RootElement.TryGetProperty("data", out var version) || !version.TryGetProperty("data", out var data))
        {
            return null;
        }

        if (options.IsText)
        {
            return new Dictionary<string, string>(StringComparer.Ordinal) { [name] = data.ToString() };
        }

        return data.ValueKind is JsonValueKind.Object
            ? data.EnumerateObject().ToDictionary(static value => value.Name, static value => value.Value.ToString(), StringComparer.Ordinal)
            // What was deleted is still there, with nothing in it.
            : null;
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>> GetAllAsync(CancellationToken cancellationToken)
    {
        var secrets = new Dictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.Ordinal);
        var folders = new Queue<string>([""]);
        while (folders.TryDequeue(out var folder))
        {
            using var answer = await SendAsync(List, "metadata", folder, "", cancellationToken);
            foreach (var key in answer?.RootElement.GetProperty("data").GetProperty("keys").EnumerateArray().Select(static key => key.GetString()!) ?? [])
            {
                var name = folder + key;
                if (name.EndsWith('/'))
                {
                    folders.Enqueue(name);
                }
                else if (await GetAsync(name, cancellationToken) is { } secret)
                {
                    secrets[name] = secret;
                }
            }
        }

        return secrets;
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    /// <summary>What Vault answers; <see langword="null"/> when there is nothing of that name.</summary>
    private async Task<JsonDocument?> SendAsync(HttpMethod method, string kind, string name, string query, CancellationToken cancellationToken)
    {
        var segments = new[] { options.EnginePath, kind, options.Prefix }.Where(static part => part.Length > 0).SelectMany(static part => part.Split('/')).Concat(name.Split('/'));
        if (segments.Any(static segment => segment is "." or ".."))
        {
            throw new ArgumentException($"'{name}' is no name of a secret");
        }

        var address = $"{options.Address.AbsoluteUri.TrimEnd('/')}/v1/{string.Join('/', segments.Select(Uri.EscapeDataString))}{query}";
        using var request = new HttpRequestMessage(method, address);
        request.Headers.TryAddWithoutValidation("X-Vault-Token", options.Token ?? TrustedHandler.ReadFile("vaultTokenMountPath", options.TokenPath!).Trim());
        request.Headers.TryAddWithoutValidation("X-Vault-Request", "true");
        if (options.Namespace is { } ns)
        {
            request.Headers.TryAddWithoutValidation("X-Vault-Namespace", ns);
        }

        var (status, body) = await _http.SendAsync(request, cancellationToken);
        return status switch
        {
            HttpStatusCode.OK => JsonDocument.Parse(body),
            HttpStatusCode.NotFound => null,
            HttpStatusCode.Forbidden => throw new ComponentMetadataException(
                options.Token is null ? "vaultTokenMountPath" : "vaultToken", $"does not open '{name}' in Vault: {ErrorsOf(body)}"),
            _ => throw new HttpRequestException($"Vault answered {(int)status}: {ErrorsOf(body)}"),
        };
    }

    /// <summary>Vault's own words, as far as it has some.</summary>
    private static string ErrorsOf(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.TryGetProperty("errors", out var errors)
                ? string.Join("; ", errors.EnumerateArray().Select(static error => error.ToString().Trim()))
                : "";
        }
        catch (JsonException)
        {
            return "";
        }
    }
}
