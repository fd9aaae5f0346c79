using System.Collections;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Tandem.Runtime.Cel;

/// <summary>A part of an expression. Values are null, bool, long, double, string, lists and dictionaries, or JSON elements of those last two.</summary>
internal abstract class CelNode
{
    public abstract object? Evaluate(IReadOnlyDictionary<string, object?> variables);

    protected static bool EvaluateBool(CelNode node, IReadOnlyDictionary<string, object?> variables)
        => node.Evaluate(variables) is bool value ? value : throw new CelException("a truth value was expected");
}

internal sealed class CelLiteral(object? value) : CelNode
{
    public object? Value { get; } = value;

    public override object? Evaluate(IReadOnlyDictionary<string, object?> variables) => Value;
}

internal sealed class CelVariable(string name) : CelNode
{
    public override object? Evaluate(IReadOnlyDictionary<string, object?> variables)
        => variables.TryGetValue(name, out var value) ? CelValues.Unwrap(value) : throw new CelException($"there is no '{name}'");
}

internal sealed class CelMember(CelNode target, string name) : CelNode
{
    public override object? Evaluate(IReadOnlyDictionary<string, object?> variables)
        => TryGet(variables, out var value) ? value : throw new CelException($"there is no field '{name}'");

    public bool TryGet(IReadOnlyDictionary<string, object?> variables, out object? value)
        => CelValues.TryGetField(target.Evaluate(variables), name, out value);
}

internal sealed class CelHas(CelMember member) : CelNode
{
    public override object? Evaluate(IReadOnlyDictionary<string, object?> variables) => member.TryGet(variables, out _);
}

internal sealed class CelIndex(CelNode target, CelNode index) : CelNode
{
    public override object? Evaluate(IReadOnlyDictionary<string, object?> variables)
    {
        var container = target.Evaluate(variables);
        return index.Evaluate(variables) switch
        {
            string name when CelValues.TryGetField(container, name, out var value) => value,
            long at when CelValues.TryGetItem(container, at, out var value) => value,
            var key => throw new CelException($"there is nothing at [{key}]"),
        };
    }
}

internal sealed class CelList(IReadOnlyList<CelNode> items) : CelNode
{
    public override object? Evaluate(IReadOnlyDictionary<string, object?> variables) => items.Select(item => item.Evaluate(variables)).ToList();
}

internal sealed class CelNot(CelNode operand) : CelNode
{
    public override object? Evaluate(IReadOnlyDictionary<string, object?> variables) => !EvaluateBool(operand, variables);
}

internal sealed class CelConditional(CelNode condition, CelNode whenTrue, CelNode whenFalse) : CelNode
{
    public override object? Evaluate(IReadOnlyDictionary<string, object?> variables)
        => EvaluateBool(condition, variables) ? whenTrue.Evaluate(variables) : whenFalse.Evaluate(variables);
}

/// <summary><c>&amp;&amp;</c> and <c>||</c>: one side that decides is enough, even when the other has no value.</summary>
internal sealed class CelLogic(CelNode left, CelNode right, bool decisive) : CelNode
{
    public override object? Evaluate(IReadOnlyDictionary<string, object?> variables)
    {
        try
        {
            if (EvaluateBool(left, variables) == decisive)
            {
                return decisive;
            }
        }
        catch (CelException)
        {
            if (EvaluateBool(right, variables) == decisive)
            {
                return decisive;
            }

            throw;
        }

        return EvaluateBool(right, variables);
    }
}

internal sealed class CelMatches(CelNode target, Regex pattern) : CelNode
{
    public override object? Evaluate(IReadOnlyDictionary<string, object?> variables)
        => target.Evaluate(variables) is string text ? pattern.IsMatch(text) : throw new CelException("matches() is for texts");
}

internal sealed class CelCall(string name, CelNode target, CelNode? argument) : CelNode
{
    public override object? Evaluate(IReadOnlyDictionary<string, object?> variables)
        => (name, target.Evaluate(variables), argument?.Evaluate(variables)) switch
        {
            ("startsWith", string text, string other) => text.StartsWith(other, StringComparison.Ordinal),
            ("endsWith", string text, string other) => text.EndsWith(other, StringComparison.Ordinal),
            ("contains", string text, string other) => text.Contains(other, StringComparison.Ordinal),
            ("size", var value, _) => CelValues.Size(value),
            ("int", var value, _) => CelValues.ToInteger(value),
            ("double", var value, _) => CelValues.ToDouble(value),
            ("string", var value, _) => CelValues.ToText(value),
            _ => throw new CelException($"{name}() is for texts"),
        };
}

internal sealed class CelBinary(string operation, CelNode left, CelNode right) : CelNode
{
    public override object? Evaluate(IReadOnlyDictionary<string, object?> variables)
    {
        var a = left.Evaluate(variables);
        var b = right.Evaluate(variables);
        return operation switch
        {
            "==" => CelValues.AreEqual(a, b),
            "!=" => !CelValues.AreEqual(a, b),
            "in" => IsIn(a, b),
            "<" => CelValues.Compare(a, b) < 0,
            "<=" => CelValues.Compare(a, b) <= 0,
            ">" => CelValues.Compare(a, b) > 0,
            ">=" => CelValues.Compare(a, b) >= 0,
            _ => CelValues.Calculate(operation, a, b),
        };
    }

    private static bool IsIn(object? item, object? container) => container switch
    {
        JsonElement { ValueKind: JsonValueKind.Array } array => array.EnumerateArray().Any(element => CelValues.AreEqual(item, CelValues.Unwrap(element))),
        JsonElement { ValueKind: JsonValueKind.Object } element => item is string name && element.TryGetProperty(name, out _),
        IReadOnlyDictionary<string, object?> map => item is string name && map.ContainsKey(name),
        IList list => list.Cast<object?>().Any(element => CelValues.AreEqual(item, element)),
        _ => throw new CelException("in needs a list or a mapping on its right"),
    };
}
