using System.Collections.Concurrent;
using System.Reflection;

namespace Dapr.Actors.Runtime;

/// <summary>The methods of an actor's class that its timers call; they need not be public.</summary>
internal sealed class ActorCallbackTable(Type implementation)
{
    private readonly ConcurrentDictionary<string, ActorCallback> _callbacks = new(StringComparer.Ordinal);

    public ActorCallback Find(string name) => _callbacks.GetOrAdd(name, Create);

    private ActorCallback Create(string name)
    {
        MethodInfo? method = null;
        for (var type = implementation; method is null && type is not null && type != typeof(Actor); type = type.BaseType)
        {
            var candidates = type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
                .Where(one => one.Name == name).ToList();
            method = candidates.Count switch
            {
                0 => null,
                1 => candidates[0],
                _ => throw new ArgumentException($"{implementation.FullName} has several methods named {name}: a timer could not tell which to call."),
            };
        }

        if (method is null)
        {
            throw new ArgumentException($"{implementation.FullName} has no method named {name} for a timer to call.");
        }

        var parameters = method.GetParameters();
        var fits = !method.IsGenericMethodDefinition
            && typeof(Task).IsAssignableFrom(method.ReturnType)
            && (parameters.Length == 0 || (parameters.Length == 1 && parameters[0].ParameterType == typeof(byte[])));
        return fits
            ? new ActorCallback(MethodInvoker.Create(method), takesData: parameters.Length == 1, isStatic: method.IsStatic)
            : throw new ArgumentException($"{implementation.FullName}.{name} cannot be called by a timer: it must return Task and take a byte[] or nothing.");
    }
}

internal sealed class ActorCallback(MethodInvoker invoker, bool takesData, bool isStatic)
{
    public Task Invoke(Actor actor, byte[] data)
    {
        var target = isStatic ? null : actor;
        return (Task)(takesData ? invoker.Invoke(target, data) : invoker.Invoke(target))!;
    }
}
