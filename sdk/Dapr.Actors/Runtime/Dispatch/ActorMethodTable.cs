using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json;

namespace Dapr.Actors.Runtime;

/// <summary>The methods by which an actor type can be called.</summary>
internal sealed class ActorMethodTable
{
    private readonly FrozenDictionary<string, HostedMethod> _methods;

    public ActorMethodTable(Type implementation, IReadOnlyList<Type> interfaces)
    {
        var methods = interfaces.SelectMany(ActorMethods.Of).Distinct().ToList();
        if (methods.GroupBy(static method => method.Name, StringComparer.Ordinal).FirstOrDefault(static same => same.Count() > 1) is { } ambiguous)
        {
            throw new ArgumentException($"{implementation.FullName} implements several actor methods named {ambiguous.Key}: an actor's methods are called by name.", nameof(implementation));
        }

        _methods = methods.ToFrozenDictionary(static method => method.Name, static method => new HostedMethod(method), StringComparer.Ordinal);
    }

    public HostedMethod? Find(string name) => _methods.GetValueOrDefault(name);
}

/// <summary>One method of an actor: reads its arguments, runs it and writes its result.</summary>
internal sealed class HostedMethod(MethodInfo method)
{
    private static readonly MethodInfo ResultMethod = typeof(HostedMethod).GetMethod(nameof(WriteAsync), BindingFlags.NonPublic | BindingFlags.Static)!;

    private readonly ActorMethodShape _shape = new(method);
    private readonly MethodInvoker _invoker = MethodInvoker.Create(method);
    private readonly Func<Task, Stream, JsonSerializerOptions, CancellationToken, Task>? _write = method.ReturnType == typeof(Task)
        ? null
        : ResultMethod.MakeGenericMethod(method.ReturnType.GetGenericArguments()[0]).CreateDelegate<Func<Task, Stream, JsonSerializerOptions, CancellationToken, Task>>();

    public string Name { get; } = method.Name;

    public bool HasResult => _write is not null;

    public async Task<object?[]> ReadArgumentsAsync(Stream? body, JsonSerializerOptions json, CancellationToken cancellationToken)
    {
        var args = new object?[_shape.Count];
        if (_shape.TokenPosition is { } position)
        {
            args[position] = cancellationToken;
        }

        if (_shape.Arguments is [var only])
        {
            args[only.Position] = body is null ? Default(only.ParameterType) : await JsonSerializer.DeserializeAsync(body, only.ParameterType, json, cancellationToken).ConfigureAwait(false);
        }
        else if (_shape.Arguments.Length > 1)
        {
            using var array = await JsonDocument.ParseAsync(body ?? throw Wrong("none"), cancellationToken: cancellationToken).ConfigureAwait(false);
            if (array.RootElement.ValueKind != JsonValueKind.Array || array.RootElement.GetArrayLength() != _shape.Arguments.Length)
            {
                throw Wrong(array.RootElement.ValueKind == JsonValueKind.Array ? $"{array.RootElement.GetArrayLength()}" : $"one {array.RootElement.ValueKind}");
            }

            for (var i = 0; i < _shape.Arguments.Length; i++)
            {
                args[_shape.Arguments[i].Position] = array.RootElement[i].Deserialize(_shape.Arguments[i].ParameterType, json);
            }
        }

        return args;
    }

    public Task Invoke(Actor actor, object?[] args) => (Task)_invoker.Invoke(actor, args.AsSpan())!;

    /// <summary>Writes the result of a task that has ended.</summary>
    public Task WriteResultAsync(Task finished, Stream output, JsonSerializerOptions json, CancellationToken cancellationToken)
        => _write!(finished, output, json, cancellationToken);

    private static Task WriteAsync<TResult>(Task finished, Stream output, JsonSerializerOptions json, CancellationToken cancellationToken)
        => JsonSerializer.SerializeAsync(output, ((Task<TResult>)finished).GetAwaiter().GetResult(), json, cancellationToken);

    private static object? Default(Type type) => type.IsValueType ? Activator.CreateInstance(type) : null;

    private ArgumentException Wrong(string got) => new($"{Name} takes {_shape.Arguments.Length} arguments as a JSON array; got {got}.");
}
