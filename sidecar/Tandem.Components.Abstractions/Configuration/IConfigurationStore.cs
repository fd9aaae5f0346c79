namespace Tandem.Components.Configuration;

/// <summary>A store of settings that an app reads, and is told of when they change.</summary>
public interface IConfigurationStore
{
    /// <summary>Reads settings by key, all of them for no key; what is not there is left out.</summary>
    ValueTask<IReadOnlyDictionary<string, ConfigurationItem>> GetAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken);

    /// <summary>
    /// Calls <paramref name="handler"/> for each change of these keys, of any for none, in order, until the result is disposed.
    /// A change that came while the store could not be reached is told once it can be.
    /// </summary>
    ValueTask<IAsyncDisposable> SubscribeAsync(IReadOnlyList<string> keys, ConfigurationHandler handler, CancellationToken cancellationToken);
}

/// <summary>Handles one change of a setting; <paramref name="item"/> is <see langword="null"/> when it is gone.</summary>
public delegate ValueTask ConfigurationHandler(string key, ConfigurationItem? item, CancellationToken cancellationToken);

/// <summary>A setting. <paramref name="Version"/> is empty where the store knows none.</summary>
public sealed record ConfigurationItem(string Value, string Version);
