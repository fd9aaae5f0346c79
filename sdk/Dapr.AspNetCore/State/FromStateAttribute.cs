using Dapr;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace Microsoft.AspNetCore.Mvc;

/// <summary>The parameter's value comes from a state store, by the key that a route value carries.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter, AllowMultiple = false, Inherited = true)]
public class FromStateAttribute : Attribute, IBindingSourceMetadata
{
    /// <summary>The route value of the parameter's name carries the key.</summary>
    public FromStateAttribute(string storeName)
    {
        ArgumentException.ThrowIfNullOrEmpty(storeName);
        StoreName = storeName;
    }

    /// <summary>The route value of this name carries the key.</summary>
    public FromStateAttribute(string storeName, string key)
        : this(storeName)
        => Key = key;

    /// <summary>The state store.</summary>
    public string StoreName { get; }

    /// <summary>The name of the route value that carries the key; null for the parameter's own.</summary>
    public string? Key { get; }

    /// <inheritdoc />
    public BindingSource BindingSource => new FromStateBindingSource(StoreName, Key);
}
