using Tandem.Components.Metadata;
using Tandem.Runtime.Resources;
using Tandem.Runtime.State.Encryption;
using Tandem.Runtime.State.Outbox;

namespace Tandem.Runtime.State;

/// <summary>What the runtime itself does for a state store, whichever it is: key prefix, encryption, outbox.</summary>
/// <param name="KeyPrefix">What stands before every key, its separator included.</param>
/// <param name="Cipher">Encrypts the values; <see langword="null"/> leaves them as they are.</param>
/// <param name="Outbox">What transactions publish; <see langword="null"/> for nothing.</param>
internal sealed record StateSettings(string KeyPrefix, StateCipher? Cipher, OutboxSettings? Outbox)
{
    /// <summary>Stands between the parts of a key.</summary>
    public const string Separator = "||";

    /// <summary>Reads a component's metadata.</summary>
    /// <exception cref="ComponentMetadataException">A field cannot be used.</exception>
    public static StateSettings Parse(ComponentResource resource, ComponentMetadata metadata, SidecarOptions options)
        => new(PrefixOf(resource.Name, metadata, options), StateEncryptionKeys.Read(resource, metadata), OutboxSettings.Read(metadata));

    private static string PrefixOf(string name, ComponentMetadata metadata, SidecarOptions options)
    {
        // Dapr takes the whole field in small letters, and so does whoever shares the store with it.
        var strategy = metadata.GetString("keyPrefix")?.ToLowerInvariant();
        return strategy switch
        {
            null or "appid" => options.AppId + Separator,
            "name" => name + Separator,
            "namespace" => $"{options.Namespace}.{options.AppId}{Separator}",
            "none" => "",
            _ when strategy.Contains(Separator, StringComparison.Ordinal) => throw new ComponentMetadataException("keyPrefix", $"must not contain '{Separator}'"),
            _ => strategy + Separator,
        };
    }
}
