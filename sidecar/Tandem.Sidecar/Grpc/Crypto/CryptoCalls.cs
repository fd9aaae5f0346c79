using Grpc.Core;
using Tandem.Runtime.Crypto;
using Tandem.Runtime.Errors;
using Proto = Dapr.Client.Autogen.Grpc.v1;

namespace Tandem.Sidecar.Grpc.Crypto;

/// <summary>The cryptography methods: documents of any length, passed on as they come.</summary>
internal static class CryptoCalls
{
    public static async Task EncryptAsync(
        BuildingBlocks blocks, IAsyncStreamReader<Proto.EncryptRequest> requests, IServerStreamWriter<Proto.EncryptResponse> responses, CancellationToken cancellationToken)
    {
        await using var input = new PayloadInput<Proto.EncryptRequest>(requests, static request => request.Payload, static request => request.Options is not null, cancellationToken);
        var options = (await input.ReadFirstAsync().ConfigureAwait(false)).Options ?? throw NoOptions();
        var request = new EncryptRequest(Require("keyName", options.KeyName), Require("keyWrapAlgorithm", options.KeyWrapAlgorithm))
        {
            DecryptionKeyName = options.DecryptionKeyName,
            OmitKeyName = options.OmitDecryptionKeyName,
            Cipher = options.DataEncryptionCipher,
        };
        var output = new PayloadOutput(payload => responses.WriteAsync(new Proto.EncryptResponse { Payload = payload }, cancellationToken));
        await blocks.Crypto.EncryptAsync(options.ComponentName, request, input.Reader, output, cancellationToken).ConfigureAwait(false);
    }

    public static async Task DecryptAsync(
        BuildingBlocks blocks, IAsyncStreamReader<Proto.DecryptRequest> requests, IServerStreamWriter<Proto.DecryptResponse> responses, CancellationToken cancellationToken)
    {
        await using var input = new PayloadInput<Proto.DecryptRequest>(requests, static request => request.Payload, static request => request.Options is not null, cancellationToken);
        var options = (await input.ReadFirstAsync().ConfigureAwait(false)).Options ?? throw NoOptions();
        var output = new PayloadOutput(payload => responses.WriteAsync(new Proto.DecryptResponse { Payload = payload }, cancellationToken));
        await blocks.Crypto.DecryptAsync(options.ComponentName, options.KeyName, input.Reader, output, cancellationToken).ConfigureAwait(false);
    }

    private static DaprException NoOptions() => new(CryptoManager.BadRequest("first message does not contain the required options"));

    private static string Require(string name, string value)
        => value.Length > 0 ? value : throw new DaprException(CryptoManager.BadRequest($"missing property '{name}' in the options message"));
}
