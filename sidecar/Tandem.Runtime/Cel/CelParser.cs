using System.Text.RegularExpressions;

namespace Tandem.Runtime.Cel;

/// <summary>A recursive descent over CEL's precedence levels.</summary>
internal sealed class CelParser
{
    private const int DeepestNesting = 100;
    private static readonly string[] Relations = ["==", "!=", "<=", ">=", "<", ">"];

    private readonly CelLexer _lexer;
    private CelToken _token;
    private int _depth;

    public CelParser(string text)
    {
        _lexer = new CelLexer(text);
        _token = _lexer.Next();
    }

    public CelNode Parse()
    {
        var node = ParseTernary();
        return _token.Kind is CelTokenKind.End ? node : throw Unexpected();
    }

    private CelNode ParseTernary()
    {
        if (++_depth > DeepestNesting)
        {
            throw new FormatException("it is nested too deeply");
        }

        var node = ParseOr();
        if (Take("?"))
        {
            var whenTrue = ParseTernary();
            Expect(":");
            node = new CelConditional(node, whenTrue, ParseTernary());
        }

        _depth--;
        return node;
    }

    private CelNode ParseOr()
    {
        var node = ParseAnd();
        while (Take("||"))
        {
            node = new CelLogic(node, ParseAnd(), decisive: true);
        }

        return node;
    }

    private CelNode ParseAnd()
    {
        var node = ParseRelation();
        while (Take("&&"))
        {
            node = new CelLogic(node, ParseRelation(), decisive: false);
        }

        return node;
    }

    private CelNode ParseRelation()
    {
        var node = ParseSum();
        while (true)
        {
            if (_token is { Kind: CelTokenKind.Name, Text: "in" })
            {
                Advance();
                node = new CelBinary("in", node, ParseSum());
            }
            else if (_token.Kind is CelTokenKind.Symbol && Relations.Contains(_token.Text))
            {
                var relation = Advance().Text;
                node = new CelBinary(relation, node, ParseSum());
            }
            else
            {
                return node;
            }
        }
    }

    private CelNode ParseSum()
    {
        var node = ParseProduct();
        while (_token is { Kind: CelTokenKind.Symbol, Text: "+" or "-" })
        {
            var operation = Advance().Text;
            node = new CelBinary(operation, node, ParseProduct());
        }

        return node;
    }

    private CelNode ParseProduct()
    {
        var node = ParseUnary();
        while (_token is { Kind: CelTokenKind.Symbol, Text: "*" or "/" or "%" })
        {
            var operation = Advance().Text;
            node = new CelBinary(operation, node, ParseUnary());
        }

        return node;
    }

    private CelNode ParseUnary()
    {
        if (_token is not { Kind: CelTokenKind.Symbol, Text: "!" or "-" })
        {
            return ParseMember();
        }

        if (++_depth > DeepestNesting)
        {
            throw new FormatException("it is nested too deeply");
        }

        var isNot = Advance().Text == "!";
        var operand = ParseUnary();
        _depth--;
        return isNot ? new CelNot(operand) : new CelBinary("-", new CelLiteral(0L), operand);
    }

    private CelNode ParseMember()
    {
        var node = ParsePrimary();
        while (true)
        {
            if (Take("."))
            {
                var name = ExpectName();
                node = Take("(") ? Method(node, name, ParseArguments(")")) : new CelMember(node, name);
            }
            else if (Take("["))
            {
                node = new CelIndex(node, ParseTernary());
                Expect("]");
            }
            else
            {
                return node;
            }
        }
    }

    private CelNode ParsePrimary()
    {
        if (_token.Kind is CelTokenKind.Value)
        {
            return new CelLiteral(Advance().Value);
        }

        if (Take("("))
        {
            var inner = ParseTernary();
            Expect(")");
            return inner;
        }

        if (Take("["))
        {
            return new CelList(ParseArguments("]"));
        }

        var name = ExpectName();
        switch (name)
        {
            case "true":
                return new CelLiteral(true);
            case "false":
                return new CelLiteral(false);
            case "null":
                return new CelLiteral(null);
            default:
                return Take("(") ? Function(name, ParseArguments(")")) : new CelVariable(name);
        }
    }

    private List<CelNode> ParseArguments(string end)
    {
        var arguments = new List<CelNode>();
        if (Take(end))
        {
            return arguments;
        }

        do
        {
            arguments.Add(ParseTernary());
        }
        while (Take(","));
        Expect(end);
        return arguments;
    }

    private static CelNode Function(string name, List<CelNode> arguments) => (name, arguments) switch
    {
        ("has", [CelMember member]) => new CelHas(member),
        ("has", [_]) => throw new FormatException("has() takes a field such as event.data.price"),
        ("size" or "int" or "double" or "string", [var operand]) => new CelCall(name, operand, null),
        _ => throw new FormatException($"there is no function {name}() of {arguments.Count} arguments"),
    };

    private static CelNode Method(CelNode target, string name, List<CelNode> arguments) => (name, arguments) switch
    {
        ("matches", [CelLiteral { Value: string pattern }]) => new CelMatches(target, Compile(pattern)),
        ("startsWith" or "endsWith" or "contains", [var argument]) => new CelCall(name, target, argument),
        ("size", []) => new CelCall(name, target, null),
        ("matches", [_]) => throw new FormatException("matches() takes a text in quotes"),
        _ => throw new FormatException($"there is no method {name}() of {arguments.Count} arguments"),
    };

    private static Regex Compile(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            throw new FormatException($"'{pattern}' is not a regular expression: {exception.Message}", exception);
        }
    }

    private CelToken Advance()
    {
        var token = _token;
        _token = _lexer.Next();
        return token;
    }

    private bool Take(string symbol)
    {
        if (_token.Kind is CelTokenKind.Symbol && _token.Text == symbol)
        {
            Advance();
            return true;
        }

        return false;
    }

    private void Expect(string symbol)
    {
        if (!Take(symbol))
        {
            throw Unexpected($", '{symbol}' was");
        }
    }

    private string ExpectName() => _token.Kind is CelTokenKind.Name ? Advance().Text : throw Unexpected();

    private FormatException Unexpected(string more = "") => new($"{_token.Text} at character {_token.Position + 1} was not expected{more}");
}
