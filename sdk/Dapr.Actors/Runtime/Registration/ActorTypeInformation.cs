using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Dapr.Actors.Runtime;

/// <summary>What is known of an actor type.</summary>
public sealed class ActorTypeInformation
{
    private readonly Lazy<ActorMethodTable> _methods;

    private ActorTypeInformation(Type implementation, string name, IReadOnlyList<Type> interfaces)
    {
        ImplementationType = implementation;
        ActorTypeName = name;
        InterfaceTypes = interfaces;
        Callbacks = new ActorCallbackTable(implementation);
        _methods = new Lazy<ActorMethodTable>(() => new ActorMethodTable(implementation, interfaces));
    }

    /// <summary>The actor type's name.</summary>
    public string ActorTypeName { get; }

    /// <summary>The class.</summary>
    public Type ImplementationType { get; }

    /// <summary>The actor interfaces that the class implements.</summary>
    public IEnumerable<Type> InterfaceTypes { get; }

    /// <summary>Whether the class is abstract.</summary>
    public bool IsAbstract => ImplementationType.IsAbstract;

    /// <summary>Whether reminders can call the actor.</summary>
    public bool IsRemindable => typeof(IRemindable).IsAssignableFrom(ImplementationType);

    internal ActorMethodTable Methods => _methods.Value;

    internal ActorCallbackTable Callbacks { get; }

    /// <summary>What is known of a type, or false when it is no actor.</summary>
    public static bool TryGet(Type actorType, [NotNullWhen(true)] out ActorTypeInformation? actorTypeInformation)
    {
        try
        {
            actorTypeInformation = Get(actorType);
            return true;
        }
        catch (ArgumentException)
        {
            actorTypeInformation = null;
            return false;
        }
    }

    /// <inheritdoc cref="Get(Type, string)"/>
    public static ActorTypeInformation Get(Type actorType) => Get(actorType, null);

    /// <summary>Reads an actor type from its class; the name is the given one, or that of <see cref="ActorAttribute"/>, or the class's.</summary>
    public static ActorTypeInformation Get(Type actorType, string? actorTypeName)
    {
        ArgumentNullException.ThrowIfNull(actorType);
        if (!typeof(Actor).IsAssignableFrom(actorType))
        {
            throw new ArgumentException($"{actorType.FullName} is not an actor: it must derive from {nameof(Actor)}.", nameof(actorType));
        }

        var interfaces = actorType.GetInterfaces().Where(static one => one != typeof(IActor) && typeof(IActor).IsAssignableFrom(one)).ToList();
        if (interfaces.Count == 0 && !actorType.IsAbstract)
        {
            throw new ArgumentException($"{actorType.FullName} implements no actor interface: there would be nothing to call.", nameof(actorType));
        }

        var name = actorTypeName ?? actorType.GetCustomAttribute<ActorAttribute>()?.TypeName ?? actorType.Name;
        return new ActorTypeInformation(actorType, name, interfaces);
    }
}
