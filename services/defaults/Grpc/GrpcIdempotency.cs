using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Grpc.Core;

namespace Tandem.ServiceDefaults;

/// <summary>
/// Idempotency keys of gRPC calls, in the metadata <c>idempotency-key</c>: the same key with the same request gives the same answer and one
/// effect (the repetition says <c>idempotency-replayed: true</c>), with another request INVALID_ARGUMENT. HTTP and gRPC share the keys of a user.
/// </summary>
public sealed class GrpcIdempotency
{
    private const string Header = "idempotency-key";
    private const string ReplayedHeader = "idempotency-replayed";

    private readonly Database _database;
    private readonly Idempotency _idempotency;
    private readonly KeyedLocks _locks;

    internal GrpcIdempotency(Database database, Idempotency idempotency, KeyedLocks locks)
        => (_database, _idempotency, _locks) = (database, idempotency, locks);

    /// <summary>Has the effect once for each key; without a key, always.</summary>
    /// <param name="context">The call.</param>
    /// <param name="request">What is asked for.</param>
    /// <param name="effect">The effect; its answer is kept as the JSON that HTTP would give.</param>
    /// <exception cref="RpcException">INVALID_ARGUMENT: the key is malformed, or was used for another request.</exception>
    public async Task<T> RunAsync<T>(ServerCallContext context, IMessage request, Func<Task<T>> effect)
        where T : class
    {
        if (context.RequestHeaders.GetValue(Header) is not { } text || Idempotency.OwnerOf(context.User()) is not { } owner)
        {
            return await effect();
        }

        if (!Idempotency.IsKey(text))
        {
            throw GrpcProblems.Invalid(Header, Idempotency.KeyRule);
        }

        var key = new Idempotency.IdempotencyKey(owner, text, Hash(context.Method, request));
        using var turn = await _locks.AcquireAsync((owner, text), context.CancellationToken);
        if (await FindAsync<T>(context, key) is { } before)
        {
            return before;
        }

        _idempotency.Key = key;
        try
        {
            var answer = await effect();
            if (!_idempotency.IsRemembered)
            {
                await _database.WriteAsync(tx => _idempotency.RememberAsync(tx, 200, null, answer, CancellationToken.None), CancellationToken.None);
            }

            return answer;
        }
        catch (DbException exception) when (_database.IsUniqueViolation(exception))
        {
            // Another instance of this service had the same request at the same time and was first; its answer stands.
            return await FindAsync<T>(context, key) ?? throw new InvalidOperationException("The first answer to this key is not there.", exception);
        }
    }

    private async Task<T?> FindAsync<T>(ServerCallContext context, Idempotency.IdempotencyKey key)
        where T : class
    {
        if (await _idempotency.FindAsync(_database, key, context.CancellationToken) is not { } stored)
        {
            return null;
        }

        if (!string.Equals(stored.RequestHash, key.RequestHash, StringComparison.Ordinal))
        {
            throw Problems.Unprocessable(Idempotency.ReusedKey).ToRpcException();
        }

        await context.WriteResponseHeadersAsync(new Metadata { { ReplayedHeader, "true" } });
        return _idempotency.Read<T>(stored.Answer);
    }

    /// <summary>Two requests are the same when method and message are.</summary>
    private static string Hash(string method, IMessage request)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{method}\n"));
        hash.AppendData(request.ToByteArray());
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
