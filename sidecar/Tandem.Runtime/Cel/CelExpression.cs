using System.Diagnostics.CodeAnalysis;

namespace Tandem.Runtime.Cel;

/// <summary>
/// A CEL expression, parsed once: what Dapr's routing rules and circuit breakers need of the language. Comparisons, <c>&amp;&amp;</c>,
/// <c>||</c>, <c>!</c>, <c>?:</c>, arithmetic, <c>in</c>, <c>has()</c>, <c>size()</c>, <c>startsWith</c>, <c>endsWith</c>, <c>contains</c>,
/// <c>matches</c>, member access and indexing.
/// </summary>
public sealed class CelExpression
{
    private readonly CelNode _root;

    private CelExpression(string text, CelNode root)
    {
        Text = text;
        _root = root;
    }

    /// <summary>The expression as it was written.</summary>
    public string Text { get; }

    /// <summary>Parses an expression.</summary>
    /// <exception cref="FormatException">It is not one; the message says where and why.</exception>
    public static CelExpression Parse(string text) => new(text, new CelParser(text).Parse());

    /// <summary>Parses an expression, or says why it is none.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out CelExpression? expression, [NotNullWhen(false)] out string? problem)
    {
        try
        {
            expression = Parse(text);
            problem = null;
            return true;
        }
        catch (FormatException exception)
        {
            expression = null;
            problem = exception.Message;
            return false;
        }
    }

    /// <summary>
    /// Whether the expression is true. One that cannot be evaluated (a field is missing, types do not fit) is not true, and says so
    /// in <paramref name="problem"/>.
    /// </summary>
    /// <param name="variables">The variables by name: texts, numbers, truth values, lists, dictionaries and JSON elements.</param>
    public bool IsTrue(IReadOnlyDictionary<string, object?> variables, out string? problem)
    {
        try
        {
            problem = null;
            return _root.Evaluate(variables) is true;
        }
        catch (CelException exception)
        {
            problem = exception.Message;
            return false;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Text;
}

/// <summary>An expression has no value: a field is missing, or types do not fit. It never leaves this folder.</summary>
internal sealed class CelException(string message) : Exception(message);
