using Tandem.Components.Metadata;
using Tandem.Runtime.Resources;

namespace Tandem.Runtime.State.Encryption;

/// <summary>Reads <c>primaryEncryptionKey</c> and <c>secondaryEncryptionKey</c> of a state store. A key comes from a secret: one that stands in the file is not used.</summary>
internal static class StateEncryptionKeys
{
    private const string PrimaryName = "primaryEncryptionKey";
    private const string SecondaryName = "secondaryEncryptionKey";

    /// <summary>The cipher of a component; <see langword="null"/> when it has no primary key.</summary>
    /// <exception cref="ComponentMetadataException">A key cannot be used; the message names the field and never shows the key.</exception>
    public static StateCipher? Read(ComponentResource resource, ComponentMetadata metadata)
    {
        var secondary = ReadKey(SecondaryName, resource, metadata);
        return ReadKey(PrimaryName, resource, metadata) is { } primary
            ? new StateCipher(primary, secondary)
            : secondary is null ? null : throw new ComponentMetadataException(SecondaryName, $"needs a {PrimaryName} beside it, which new values are encrypted with");
    }

    /// <summary>The fields that hold a key in the open, so that it is not used.</summary>
    public static IEnumerable<string> Ignored(ComponentResource resource)
        => resource.Metadata.Where(static entry => IsKey(entry) && entry.SecretName is null).Select(static entry => entry.Name);

    private static bool IsKey(MetadataEntry entry)
        => entry.Name.Equals(PrimaryName, StringComparison.OrdinalIgnoreCase) || entry.Name.Equals(SecondaryName, StringComparison.OrdinalIgnoreCase);

    private static StateEncryptionKey? ReadKey(string field, ComponentResource resource, ComponentMetadata metadata)
    {
        var entry = resource.Metadata.LastOrDefault(entry => entry.Name.Equals(field, StringComparison.OrdinalIgnoreCase));
        if (entry?.SecretName is not { } secretName)
        {
            return null;
        }

        var text = metadata.GetString(field) ?? throw new ComponentMetadataException(field, $"is empty in secret '{secretName}'");
        try
        {
            var bytes = Convert.FromHexString(text.Trim());
            return bytes.Length is 16 or 24 or 32
                ? new StateEncryptionKey(secretName, bytes)
                : throw new ComponentMetadataException(field, $"must be a key of 128, 192 or 256 bits in hexadecimal digits; secret '{secretName}' has {bytes.Length * 8} bits");
        }
        catch (FormatException)
        {
            // Without the inner exception, whose message might show a part of the key.
            throw new ComponentMetadataException(field, $"must be a key of 128, 192 or 256 bits in hexadecimal digits; secret '{secretName}' holds something else");
        }
    }
}
