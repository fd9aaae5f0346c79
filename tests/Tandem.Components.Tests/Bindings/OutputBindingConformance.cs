using Tandem.Components.Bindings;
using Tandem.Testing;

namespace Tandem.Components.Tests.Bindings;

/// <summary>What every output binding does.</summary>
public abstract class OutputBindingConformance : IAsyncLifetime
{
    private protected TemporaryFolder Folder { get; } = new();

    private protected abstract Task<IOutputBinding> CreateAsync();

    /// <summary>A request that creates something.</summary>
    private protected virtual BindingRequest CreateRequest => Request("create", "\"hello\"");

    public virtual Task InitializeAsync() => Task.CompletedTask;

    public virtual Task DisposeAsync()
    {
        Folder.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Operations_AreNamedAndHaveCreate()
    {
        var operations = (await CreateAsync()).Operations;
        Assert.Contains("create", operations);
        Assert.Equal(operations.Count, operations.Distinct().Count());
    }

    [Fact]
    public async Task Invoke_UnknownOperation_SaysWhichAreKnown()
    {
        var binding = await CreateAsync();
        var fault = await Assert.ThrowsAsync<BindingException>(async () => await binding.InvokeAsync(Request("explode"), default));
        Assert.Contains("explode", fault.Message, StringComparison.Ordinal);
        Assert.All(binding.Operations, operation => Assert.Contains(operation, fault.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Invoke_Create_Succeeds()
    {
        var response = await (await CreateAsync()).InvokeAsync(CreateRequest, default);
        Assert.True(response is null || response.Metadata is not null);
    }

    private protected static BindingRequest Request(string operation, string data = "", params (string Name, string Value)[] metadata)
        => new(operation, System.Text.Encoding.UTF8.GetBytes(data), metadata.ToDictionary(static pair => pair.Name, static pair => pair.Value));
}
