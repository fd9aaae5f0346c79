using Tandem.Components.Redis.Client;
using Tandem.Components.State;

namespace Tandem.Components.Redis.State;

/// <summary>
/// What the server itself decides, in one step: whether an ETag still fits, and the next version. A key is a hash with <c>data</c>,
/// <c>version</c> (the ETag) and, once it was saved with first-write, the mark <c>first-write</c>: such a key is never overwritten by
/// somebody who does not know its ETag.
/// </summary>
internal static class StateScripts
{
    /// <summary>Each operation has five arguments: S or D, the ETag ('' for none), the data, 1 for first-write, milliseconds to live (0 for ever).</summary>
    public const int ArgumentsOfAnOperation = 5;

    /// <summary>Applies operations in their order; answers 0 when all fitted, else the number of the first one that did not.</summary>
    public static readonly RedisScript Apply = new(
        """
        local failed = 0
        for i, key in ipairs(KEYS) do
          local at = (i - 1) * 5
          local kind, etag, first, ttl = ARGV[at + 1], ARGV[at + 2], ARGV[at + 4] == '1', ARGV[at + 5]
          local version = redis.pcall('HGET', key, 'version')
          if type(version) == 'table' then
            redis.call('DEL', key)
            version = false
          end
          local fits
          if kind == 'D' then
            fits = not version or etag == '' or version == etag
          elseif etag ~= '' then
            fits = version == etag
          else
            fits = not version or not (first or redis.call('HEXISTS', key, 'first-write') == 1)
          end
          if not fits then
            if failed == 0 then failed = i end
          elseif kind == 'D' then
            redis.call('DEL', key)
          else
            if first then
              redis.call('HSET', key, 'data', ARGV[at + 3], 'first-write', '0')
            else
              redis.call('HSET', key, 'data', ARGV[at + 3])
            end
            redis.call('HINCRBY', key, 'version', 1)
            if ttl ~= '0' then
              redis.call('PEXPIRE', key, ttl)
            elseif version then
              redis.call('PERSIST', key)
            end
          end
        end
        return failed
        """);

    /// <summary>Deletes every key that matches a pattern; answers how many there were.</summary>
    public static readonly RedisScript DeleteMatching = new(
        """
        redis.replicate_commands()
        local cursor, deleted = '0', 0
        repeat
          local page = redis.call('SCAN', cursor, 'MATCH', ARGV[1], 'COUNT', 1000)
          cursor = page[1]
          for _, key in ipairs(page[2]) do
            deleted = deleted + redis.call('DEL', key)
          end
        until cursor == '0'
        return deleted
        """);
}

/// <summary>One save or delete.</summary>
internal readonly struct ApplyOne(StateOperation operation, TimeSpan? defaultTimeToLive) : IScriptCall
{
    public bool MayRepeat => Operations.MayRepeat(operation);

    public void Write(RespBuffer buffer, bool withSource)
    {
        StateScripts.Apply.Begin(buffer, withSource, keys: 1, StateScripts.ArgumentsOfAnOperation);
        buffer.Add(operation.Key);
        Operations.WriteArguments(buffer, operation, defaultTimeToLive);
    }
}

/// <summary>Several saves and deletes, with no other command between them.</summary>
internal readonly struct ApplyMany(IReadOnlyList<StateOperation> operations, TimeSpan? defaultTimeToLive) : IScriptCall
{
    public bool MayRepeat => operations.All(Operations.MayRepeat);

    public void Write(RespBuffer buffer, bool withSource)
    {
        StateScripts.Apply.Begin(buffer, withSource, operations.Count, operations.Count * StateScripts.ArgumentsOfAnOperation);
        foreach (var operation in operations)
        {
            buffer.Add(operation.Key);
        }

        foreach (var operation in operations)
        {
            Operations.WriteArguments(buffer, operation, defaultTimeToLive);
        }
    }
}

/// <summary>The deletion of all keys that match a pattern.</summary>
internal readonly struct DeleteMatching(string pattern) : IScriptCall
{
    public bool MayRepeat => true;

    public void Write(RespBuffer buffer, bool withSource)
    {
        StateScripts.DeleteMatching.Begin(buffer, withSource, keys: 0, arguments: 1);
        buffer.Add(pattern);
    }
}

/// <summary>Value and version of a key.</summary>
internal readonly struct GetState(string key) : IRedisCommand
{
    public bool MayRepeat => true;

    public int Replies => 1;

    public void Write(RespBuffer buffer)
    {
        buffer.Begin(4);
        buffer.Add("HMGET"u8);
        buffer.Add(key);
        buffer.Add("data"u8);
        buffer.Add("version"u8);
    }
}

/// <summary>How an operation reads in the script.</summary>
file static class Operations
{
    /// <summary>What depends on a version would find its own first try in its way.</summary>
    public static bool MayRepeat(StateOperation operation) => string.IsNullOrEmpty(operation.ETag) && operation.Concurrency is StateConcurrency.LastWrite;

    public static void WriteArguments(RespBuffer buffer, StateOperation operation, TimeSpan? defaultTimeToLive)
    {
        var set = operation as StateSet;
        buffer.Add(set is null ? "D"u8 : "S"u8);
        buffer.Add(operation.ETag ?? "");
        buffer.Add(set is null ? [] : set.Value.Span);
        buffer.Add(operation.Concurrency is StateConcurrency.FirstWrite ? "1"u8 : "0"u8);
        buffer.Add((long)((set?.TimeToLive ?? defaultTimeToLive)?.TotalMilliseconds ?? 0));
    }
}
