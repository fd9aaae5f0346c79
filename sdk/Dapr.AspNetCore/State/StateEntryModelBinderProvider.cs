using System.Reflection;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace Dapr.AspNetCore;

/// <summary>Serves parameters of <see cref="StateEntry{TValue}"/> and those with <c>[FromState]</c>.</summary>
internal sealed class StateEntryModelBinderProvider : IModelBinderProvider
{
    private static readonly MethodInfo CreateMethod = typeof(StateEntryModelBinderProvider).GetMethod(nameof(Create), BindingFlags.NonPublic | BindingFlags.Static)!;

    public IModelBinder? GetBinder(ModelBinderProviderContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.BindingInfo.BindingSource is not FromStateBindingSource source)
        {
            return null;
        }

        var type = context.Metadata.ModelType;
        var isEntry = IsEntry(type);
        var value = isEntry ? type.GetGenericArguments()[0] : type;
        return (IModelBinder)CreateMethod.MakeGenericMethod(value).Invoke(null, [source, isEntry, context.Metadata.IsRequired])!;
    }

    public static bool IsEntry(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(StateEntry<>);

    private static StateEntryModelBinder<TValue> Create<TValue>(FromStateBindingSource source, bool isEntry, bool isRequired)
        => new(source.StoreName, source.Key, isEntry, isRequired);
}
