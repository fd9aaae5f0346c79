using Google.Protobuf.Collections;
using Proto = Dapr.Client.Autogen.Grpc.v1;

namespace Tandem.Sidecar.Grpc.Secrets;

/// <summary>The secrets methods.</summary>
internal static class SecretCalls
{
    public static async Task<Proto.GetSecretResponse> GetAsync(BuildingBlocks blocks, Proto.GetSecretRequest request, CancellationToken cancellationToken)
    {
        var response = new Proto.GetSecretResponse();
        Fill(response.Data, await blocks.Secrets.GetAsync(request.StoreName, request.Key, cancellationToken).ConfigureAwait(false));
        return response;
    }

    public static async Task<Proto.GetBulkSecretResponse> GetAllAsync(BuildingBlocks blocks, Proto.GetBulkSecretRequest request, CancellationToken cancellationToken)
    {
        var response = new Proto.GetBulkSecretResponse();
        foreach (var (name, values) in await blocks.Secrets.GetAllAsync(request.StoreName, cancellationToken).ConfigureAwait(false))
        {
            var secret = new Proto.SecretResponse();
            Fill(secret.Secrets, values);
            response.Data[name] = secret;
        }

        return response;
    }

    private static void Fill(MapField<string, string> map, IReadOnlyDictionary<string, string> values)
    {
        foreach (var (name, value) in values)
        {
            map[name] = value;
        }
    }
}
