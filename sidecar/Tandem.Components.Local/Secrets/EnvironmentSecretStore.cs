using System.Collections;
using Tandem.Components.Secrets;

namespace Tandem.Components.Local.Secrets;

/// <summary>
/// <c>secretstores.local.env</c>: secrets from the sidecar's environment. A variable that is not set is an empty secret, as in Dapr;
/// the sidecar's own tokens are never given out.
/// </summary>
internal sealed class EnvironmentSecretStore(string prefix) : ISecretStore
{
    private static readonly string[] OwnTokens = ["APP_API_TOKEN", "DAPR_API_TOKEN"];

    /// <inheritdoc/>
    public ValueTask<IReadOnlyDictionary<string, string>?> GetAsync(string name, CancellationToken cancellationToken)
    {
        var value = IsOwnToken(name) || IsOwnToken(prefix + name) ? null : Environment.GetEnvironmentVariable(prefix + name);
        return ValueTask.FromResult<IReadOnlyDictionary<string, string>?>(Single(name, value ?? ""));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>> GetAllAsync(CancellationToken cancellationToken)
    {
        var secrets = new Dictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.Ordinal);
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            var variableName = (string)variable.Key;
            if (variableName.StartsWith(prefix, StringComparison.Ordinal) && !IsOwnToken(variableName) && !IsOwnToken(variableName[prefix.Length..]))
            {
                var name = variableName[prefix.Length..];
                secrets[name] = Single(name, (string?)variable.Value ?? "");
            }
        }

        return ValueTask.FromResult<IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>>(secrets);
    }

    private static bool IsOwnToken(string name) => OwnTokens.Contains(name, StringComparer.OrdinalIgnoreCase);

    private static Dictionary<string, string> Single(string name, string value) => new(StringComparer.Ordinal) { [name] = value };
}
