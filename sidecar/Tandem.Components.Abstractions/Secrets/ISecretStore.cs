namespace Tandem.Components.Secrets;

/// <summary>A secret store. A secret is one or more named values.</summary>
public interface ISecretStore
{
    /// <summary>Reads one secret; <see langword="null"/> when there is none of that name.</summary>
    ValueTask<IReadOnlyDictionary<string, string>?> GetAsync(string name, CancellationToken cancellationToken);

    /// <summary>Reads all secrets by name.</summary>
    ValueTask<IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>> GetAllAsync(CancellationToken cancellationToken);
}
