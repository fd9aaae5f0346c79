using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace Dapr;

internal sealed class FromStateBindingSource(string storeName, string? key) : BindingSource("state", "Dapr state store", isGreedy: true, isFromRequest: false)
{
    public string StoreName { get; } = storeName;

    public string? Key { get; } = key;
}
