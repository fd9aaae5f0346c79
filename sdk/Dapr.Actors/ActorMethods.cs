using System.Reflection;

namespace Dapr.Actors;

/// <summary>What an actor interface may declare, checked once for proxies and hosts alike.</summary>
internal static class ActorMethods
{
    /// <summary>The methods of an actor interface and of those it extends.</summary>
    public static IReadOnlyList<MethodInfo> Of(Type actorInterface)
    {
        if (!actorInterface.IsInterface || !typeof(IActor).IsAssignableFrom(actorInterface))
        {
            throw new ArgumentException($"{actorInterface.FullName} is not an actor interface: it must be an interface that extends {nameof(IActor)}.", nameof(actorInterface));
        }

        var methods = actorInterface.GetInterfaces().Append(actorInterface)
            .Where(static one => typeof(IActor).IsAssignableFrom(one))
            .SelectMany(static one => one.GetMethods(BindingFlags.Public | BindingFlags.Instance))
            .ToList();
        foreach (var method in methods)
        {
            Check(method);
        }

        if (methods.GroupBy(static method => method.Name, StringComparer.Ordinal).FirstOrDefault(static same => same.Count() > 1) is { } overloaded)
        {
            throw new ArgumentException($"{actorInterface.FullName}.{overloaded.Key} is overloaded: an actor's methods are called by name.", nameof(actorInterface));
        }

        return methods;
    }

    private static void Check(MethodInfo method)
    {
        var name = $"{method.DeclaringType!.FullName}.{method.Name}";
        if (method.ReturnType != typeof(Task) && !(method.ReturnType.IsGenericType && method.ReturnType.GetGenericTypeDefinition() == typeof(Task<>)))
        {
            throw new ArgumentException($"{name} must return Task or Task<T>.", nameof(method));
        }

        if (method.IsGenericMethodDefinition || method.GetParameters().Any(static parameter => parameter.ParameterType.IsByRef))
        {
            throw new ArgumentException($"{name} may have neither type parameters nor ref, in or out parameters.", nameof(method));
        }
    }
}

/// <summary>Which parameters of a method are arguments and which is its cancellation token.</summary>
internal sealed class ActorMethodShape(MethodInfo method)
{
    public ParameterInfo[] Arguments { get; } = [.. method.GetParameters().Where(static parameter => parameter.ParameterType != typeof(CancellationToken))];

    public int? TokenPosition { get; } = method.GetParameters().FirstOrDefault(static parameter => parameter.ParameterType == typeof(CancellationToken))?.Position;

    public int Count { get; } = method.GetParameters().Length;
}
