using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json;

namespace Dapr.Actors.Client;

/// <summary>The methods of an actor interface, ready to be called.</summary>
internal sealed class ActorProxyInterface(Type type)
{
    private readonly FrozenDictionary<MethodInfo, ActorProxyMethod> _methods = ActorMethods.Of(type).ToFrozenDictionary(static method => method, ActorProxyMethod.Create);

    public ActorProxyMethod Find(MethodInfo method) => _methods[method];
}

/// <summary>One method of an actor interface as a call of the sidecar.</summary>
internal abstract class ActorProxyMethod(MethodInfo method)
{
    private readonly ActorMethodShape _shape = new(method);

    protected string Name { get; } = method.Name;

    public static ActorProxyMethod Create(MethodInfo method) => method.ReturnType == typeof(Task)
        ? new Void(method)
        : (ActorProxyMethod)Activator.CreateInstance(typeof(Value<>).MakeGenericType(method.ReturnType.GetGenericArguments()[0]), method)!;

    public abstract Task Call(ActorChannel channel, object?[] args);

    // No argument: no body. One: its JSON, so that callers of any kind can say the same. More: a JSON array in their order.
    protected ReadOnlyMemory<byte>? Body(object?[] args, JsonSerializerOptions json) => _shape.Arguments.Length switch
    {
        0 => null,
        1 => JsonSerializer.SerializeToUtf8Bytes(args[_shape.Arguments[0].Position], _shape.Arguments[0].ParameterType, json),
        _ => JsonBody.Write((this, args, json), static (writer, state) =>
        {
            writer.WriteStartArray();
            foreach (var parameter in state.Item1._shape.Arguments)
            {
                JsonSerializer.Serialize(writer, state.args[parameter.Position], parameter.ParameterType, state.json);
            }

            writer.WriteEndArray();
        }),
    };

    protected CancellationToken Token(object?[] args) => _shape.TokenPosition is { } position ? (CancellationToken)args[position]! : default;

    private sealed class Void(MethodInfo method) : ActorProxyMethod(method)
    {
        public override Task Call(ActorChannel channel, object?[] args) => channel.CallAsync(Name, Body(args, channel.Json), isTyped: true, Token(args));
    }

    private sealed class Value<TResult>(MethodInfo method) : ActorProxyMethod(method)
    {
        public override Task Call(ActorChannel channel, object?[] args) => channel.CallAsync<TResult>(Name, Body(args, channel.Json), isTyped: true, Token(args));
    }
}
