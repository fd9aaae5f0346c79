using System.Text.Json;
using Dapr.Client;

namespace Dapr.Sdk.Tests.DocumentationSamples;

/// <summary>Typical uses of the client, as its documentation shows them: they must compile, and they run against nothing.</summary>
internal static class ClientSamples
{
    private sealed record Order(string Id, decimal Total);

    private sealed record Confirmation(string Id);

    public static async Task InvokeAsync(DaprClient client, CancellationToken cancellationToken)
    {
        var byPost = await client.InvokeMethodAsync<Order, Confirmation>("checkout", "pay", new Order("1", 2m), cancellationToken);
        var byGet = await client.InvokeMethodAsync<Confirmation>(HttpMethod.Get, "checkout", "confirmations/1", cancellationToken);
        var request = client.CreateInvokeMethodRequest(HttpMethod.Put, "checkout", "orders/1", [], new Order(byPost.Id, 3m));
        request.Headers.Add("x-reason", byGet.Id);
        await client.InvokeMethodAsync(request, cancellationToken);
        await client.InvokeMethodAsync(HttpMethod.Delete, "checkout", "orders/1", cancellationToken: cancellationToken);

        using var http = DaprClient.CreateInvokeHttpClient(appId: "checkout");
        await http.GetAsync(new Uri("/orders", UriKind.Relative), cancellationToken);

        var handled = new HttpClient(new InvocationHandler { InnerHandler = new HttpClientHandler() }) { BaseAddress = new Uri("http://checkout") };
        handled.Dispose();
    }

    public static async Task StateAsync(DaprClient client, CancellationToken cancellationToken)
    {
        await client.SaveStateAsync("statestore", "order", new Order("1", 2m), cancellationToken: cancellationToken);
        await client.SaveStateAsync("statestore", "order", new Order("1", 2m), new StateOptions { Concurrency = ConcurrencyMode.FirstWrite }, new Dictionary<string, string> { ["ttlInSeconds"] = "10" }, cancellationToken);
        var order = await client.GetStateAsync<Order>("statestore", "order", ConsistencyMode.Strong, cancellationToken: cancellationToken);
        var (value, etag) = await client.GetStateAndETagAsync<Order>("statestore", "order", cancellationToken: cancellationToken);
        if (!await client.TrySaveStateAsync("statestore", "order", value with { Total = order.Total }, etag, cancellationToken: cancellationToken))
        {
            var entry = await client.GetStateEntryAsync<Order>("statestore", "order", cancellationToken: cancellationToken);
            entry.Value = entry.Value with { Total = 5m };
            await entry.SaveAsync(cancellationToken: cancellationToken);
        }

        await client.ExecuteStateTransactionAsync(
            "statestore",
            new List<StateTransactionRequest>
            {
                new("a", JsonSerializer.SerializeToUtf8Bytes(order), StateOperationType.Upsert),
                new("b", null, StateOperationType.Delete),
            },
            cancellationToken: cancellationToken);
        IReadOnlyList<BulkStateItem> items = await client.GetBulkStateAsync("statestore", new List<string> { "a" }, parallelism: 1, cancellationToken: cancellationToken);
        await client.DeleteStateAsync("statestore", items[0].Key, cancellationToken: cancellationToken);
    }

    public static async Task OthersAsync(CancellationToken cancellationToken)
    {
        using var client = new DaprClientBuilder().UseJsonSerializationOptions(new JsonSerializerOptions(JsonSerializerDefaults.Web)).UseDaprApiToken("token").UseTimeout(TimeSpan.FromSeconds(2)).Build();
        await client.WaitForSidecarAsync(cancellationToken);
        await client.PublishEventAsync("pubsub", "orders", new Order("1", 2m), cancellationToken);
        await client.PublishEventAsync("pubsub", "orders", new Order("1", 2m), new Dictionary<string, string> { ["ttlInSeconds"] = "5" }, cancellationToken);
        BulkPublishResponse<Order> bulk = await client.BulkPublishEventAsync("pubsub", "orders", new List<Order> { new("1", 1m) }, cancellationToken: cancellationToken);
        foreach (BulkPublishResponseFailedEntry<Order> failed in bulk.FailedEntries)
        {
            _ = failed.Entry.EntryId + failed.ErrorMessage;
        }

        Dictionary<string, string> secret = await client.GetSecretAsync("secretstore", "db", cancellationToken: cancellationToken);
        await client.InvokeBindingAsync("mail", "create", secret, new Dictionary<string, string> { ["emailTo"] = "a@b.c" }, cancellationToken);
        BindingResponse stored = await client.InvokeBindingAsync(new BindingRequest("images", "get"), cancellationToken);
        _ = stored.Data.Length + stored.Metadata.Count;
        GetConfigurationResponse configuration = await client.GetConfiguration("config", new List<string> { "color" }, cancellationToken: cancellationToken);
        _ = configuration.Items["color"].Value;
        await using TryLockResponse held = await client.Lock("lockstore", "resource", "me", 60, cancellationToken);
        try
        {
            await client.InvokeMethodAsync("checkout", "pay", cancellationToken);
        }
        catch (InvocationException failure)
        {
            _ = failure.Response?.StatusCode;
        }
        catch (DaprException failure)
        {
            _ = failure.Message;
        }
    }
}
