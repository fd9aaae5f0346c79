using System.Text;

namespace Tandem.Components.Redis.Client;

/// <summary>What kind of reply it is.</summary>
internal enum ReplyKind : byte
{
    Nil,
    Text,
    Error,
    Integer,
    Bulk,
    Array,
}

/// <summary>One reply of the server.</summary>
internal readonly struct RedisReply
{
    private readonly object? _value;

    private RedisReply(ReplyKind kind, long integer, object? value)
    {
        Kind = kind;
        Integer = integer;
        _value = value;
    }

    public static RedisReply Nil => default;

    public ReplyKind Kind { get; }

    /// <summary>The number of an <see cref="ReplyKind.Integer"/>.</summary>
    public long Integer { get; }

    public bool IsNil => Kind is ReplyKind.Nil;

    /// <summary>The bytes of a <see cref="ReplyKind.Bulk"/>; empty for nil.</summary>
    public byte[] Bytes => _value as byte[] ?? [];

    /// <summary>The parts of an <see cref="ReplyKind.Array"/>; none for anything else.</summary>
    public RedisReply[] Items => _value as RedisReply[] ?? [];

    /// <summary>The reply as text; empty for nil and arrays.</summary>
    public string Text => _value switch
    {
        string text => text,
        byte[] bytes => Encoding.UTF8.GetString(bytes),
        _ => Kind is ReplyKind.Integer ? Integer.ToString(System.Globalization.CultureInfo.InvariantCulture) : "",
    };

    public static RedisReply FromInteger(long number) => new(ReplyKind.Integer, number, null);

    public static RedisReply FromText(string text) => new(ReplyKind.Text, 0, text);

    public static RedisReply FromError(string text) => new(ReplyKind.Error, 0, text);

    public static RedisReply FromBytes(byte[] bytes) => new(ReplyKind.Bulk, 0, bytes);

    public static RedisReply FromItems(RedisReply[] items) => new(ReplyKind.Array, 0, items);
}
