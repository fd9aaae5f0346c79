using System.Security.Cryptography;
using System.Text;

namespace Tandem.Components.Redis.Client;

/// <summary>A Lua script, which the server knows by its hash once it has seen it.</summary>
internal sealed class RedisScript
{
    private readonly byte[] _source;
    private readonly byte[] _hash;

    public RedisScript(string source)
    {
        _source = Encoding.UTF8.GetBytes(source);
#pragma warning disable CA5350 // The hash is the protocol's name for a script; it protects nothing.
        _hash = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA1.HashData(_source)));
#pragma warning restore CA5350
    }

    /// <summary>Begins the call of the script with so many keys, and other arguments after them.</summary>
    public void Begin(RespBuffer buffer, bool withSource, int keys, int arguments)
    {
        buffer.Begin(3 + keys + arguments);
        buffer.Add(withSource ? "EVAL"u8 : "EVALSHA"u8);
        buffer.Add(withSource ? _source : _hash);
        buffer.Add(keys);
    }
}

/// <summary>The arguments of one script.</summary>
internal interface IScriptCall
{
    bool MayRepeat { get; }

    void Write(RespBuffer buffer, bool withSource);
}

/// <summary>The call of a script, by its hash or with its source.</summary>
internal readonly struct ScriptCommand<TCall>(TCall call, bool withSource) : IRedisCommand
    where TCall : struct, IScriptCall
{
    public bool MayRepeat => call.MayRepeat;

    public int Replies => 1;

    public void Write(RespBuffer buffer) => call.Write(buffer, withSource);
}
