using System.Globalization;
using System.Text;

namespace Tandem.Runtime.Cel;

internal enum CelTokenKind
{
    End,
    Name,
    Value,
    Symbol,
}

/// <summary>A token; <paramref name="Value"/> is set for literals.</summary>
internal readonly record struct CelToken(CelTokenKind Kind, string Text, int Position, object? Value = null);

/// <summary>Cuts an expression into tokens.</summary>
internal sealed class CelLexer(string text)
{
    private static readonly string[] Symbols = ["&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "(", ")", "[", "]", ".", ",", "?", ":", "+", "-", "*", "/", "%"];
    private int _at;

    public CelToken Next()
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at]))
        {
            _at++;
        }

        if (_at >= text.Length)
        {
            return new CelToken(CelTokenKind.End, "the end", _at);
        }

        var start = _at;
        var c = text[_at];
        if (c is '"' or '\'')
        {
            return new CelToken(CelTokenKind.Value, "a text", start, ReadString(isRaw: false));
        }

        if (c is 'r' or 'R' && _at + 1 < text.Length && text[_at + 1] is '"' or '\'')
        {
            _at++;
            return new CelToken(CelTokenKind.Value, "a text", start, ReadString(isRaw: true));
        }

        if (char.IsAsciiDigit(c))
        {
            return ReadNumber();
        }

        if (char.IsAsciiLetter(c) || c == '_')
        {
            while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] == '_'))
            {
                _at++;
            }

            return new CelToken(CelTokenKind.Name, text[start.._at], start);
        }

        foreach (var symbol in Symbols)
        {
            if (string.CompareOrdinal(text, _at, symbol, 0, symbol.Length) == 0)
            {
                _at += symbol.Length;
                return new CelToken(CelTokenKind.Symbol, symbol, start);
            }
        }

        throw new FormatException($"'{c}' at character {start + 1} was not expected");
    }

    private CelToken ReadNumber()
    {
        var start = _at;
        while (_at < text.Length && (char.IsAsciiDigit(text[_at]) || text[_at] is '.' or 'e' or 'E' || (text[_at] is '+' or '-' && text[_at - 1] is 'e' or 'E')))
        {
            _at++;
        }

        var number = text[start.._at];
        if (_at < text.Length && text[_at] is 'u' or 'U')
        {
            _at++;
        }

        if (long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var whole))
        {
            return new CelToken(CelTokenKind.Value, number, start, whole);
        }

        return double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var real)
            ? new CelToken(CelTokenKind.Value, number, start, real)
            : throw new FormatException($"'{number}' at character {start + 1} is not a number");
    }

    private string ReadString(bool isRaw)
    {
        var start = _at;
        var quote = text[_at++];
        var value = new StringBuilder();
        while (_at < text.Length && text[_at] != quote)
        {
            var c = text[_at++];
            if (c != '\\' || isRaw)
            {
                value.Append(c);
                continue;
            }

            if (_at >= text.Length)
            {
                break;
            }

            value.Append(text[_at++] switch
            {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'a' => '\a',
                'b' => '\b',
                'f' => '\f',
                'v' => '\v',
                'u' => ReadCodePoint(),
                var same and ('\\' or '"' or '\'' or '`' or '?') => same,
                var other => throw new FormatException($"'\\{other}' at character {_at} is not an escape"),
            });
        }

        if (_at >= text.Length)
        {
            throw new FormatException($"the text that begins at character {start + 1} does not end");
        }

        _at++;
        return value.ToString();
    }

    private char ReadCodePoint()
    {
        if (_at + 4 > text.Length || !ushort.TryParse(text.AsSpan(_at, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
        {
            throw new FormatException($"'\\u' at character {_at} needs four hexadecimal digits");
        }

        _at += 4;
        return (char)code;
    }
}
