namespace Tandem.Components;

/// <summary>Makes components of one building block from their type and version.</summary>
/// <param name="category">The type's first part: <c>state</c>, <c>pubsub</c>, <c>bindings</c>, <c>secretstores</c> …</param>
public sealed class ComponentRegistry<TComponent>(string category)
    where TComponent : class
{
    private readonly Dictionary<string, Func<ComponentContext, TComponent>> _factories = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The type's first part.</summary>
    public string Category { get; } = category;

    /// <summary>The registered types, each with its version: <c>state.sqlite/v1</c>.</summary>
    public IEnumerable<string> Known => _factories.Keys.Order(StringComparer.Ordinal);

    /// <summary>Registers one type, by its name after the category.</summary>
    public void Add(string name, Func<ComponentContext, TComponent> factory, string version = "v1")
    {
        if (!_factories.TryAdd($"{Category}.{name}/{version}", factory))
        {
            throw new InvalidOperationException($"{Category}.{name}/{version} is registered twice.");
        }
    }

    /// <summary>Makes the component. It does not connect yet: see <see cref="IInitializable"/>.</summary>
    public TComponent Create(ComponentContext context)
        => _factories.TryGetValue($"{context.Type}/{context.Version}", out var factory)
            ? factory(context)
            : throw new UnknownComponentException(context, Known);
}

/// <summary>No component of that type and version is known; the message lists those that are.</summary>
public sealed class UnknownComponentException(ComponentContext context, IEnumerable<string> known)
    : Exception($"component '{context.Name}': type '{context.Type}/{context.Version}' is not known; known are {string.Join(", ", known)}");

/// <summary>A component that connects, creates tables or opens files before its first use.</summary>
public interface IInitializable
{
    /// <summary>Prepares the component; an exception says why it cannot be used.</summary>
    ValueTask InitializeAsync(CancellationToken cancellationToken);
}

/// <summary>A component that holds what a file of people's says, and can read it again.</summary>
public interface IFileReader
{
    /// <summary>The file's full path.</summary>
    string Path { get; }

    /// <summary>Reads the file again; an exception says why it cannot be used, and what was read before stays.</summary>
    ValueTask ReadAgainAsync(CancellationToken cancellationToken);
}
