namespace Dapr.Extensions.Configuration;

/// <summary>One secret that the configuration takes from a store.</summary>
public class DaprSecretDescriptor
{
    /// <summary>Names a secret.</summary>
    /// <param name="secretName">Its name in the configuration.</param>
    /// <param name="isRequired">Whether the configuration fails to load without it.</param>
    /// <param name="secretKey">Its key in the store, where it is another than its name.</param>
    public DaprSecretDescriptor(string secretName, bool isRequired = true, string secretKey = "")
        : this(secretName, new Dictionary<string, string>(), isRequired, secretKey)
    {
    }

    /// <summary>Names a secret, with metadata for the store.</summary>
    /// <param name="secretName">Its name in the configuration.</param>
    /// <param name="metadata">What goes to the store with the key, such as <c>version_id</c>.</param>
    /// <param name="isRequired">Whether the configuration fails to load without it.</param>
    /// <param name="secretKey">Its key in the store, where it is another than its name.</param>
    public DaprSecretDescriptor(string secretName, IReadOnlyDictionary<string, string> metadata, bool isRequired = true, string secretKey = "")
    {
        SecretName = secretName;
        Metadata = metadata;
        IsRequired = isRequired;
        SecretKey = string.IsNullOrEmpty(secretKey) ? secretName : secretKey;
    }

    /// <summary>The secret's name in the configuration.</summary>
    public string SecretName { get; }

    /// <summary>What goes to the store with the key.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Whether the configuration fails to load without it.</summary>
    public bool IsRequired { get; }

    /// <summary>The secret's key in the store.</summary>
    public string SecretKey { get; }
}
