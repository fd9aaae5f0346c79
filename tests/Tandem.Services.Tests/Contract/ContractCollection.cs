namespace Tandem.Services.Tests.Contract;

/// <summary>The last of all: it looks at what the other tests asked.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ContractCollection : ICollectionFixture<EveryService>
{
    /// <summary>The collection's name.</summary>
    public const string Name = "the contract";
}
