namespace Tandem.Components.State;

/// <summary>A state store whose JSON values can be searched. Asked for by an alpha API, it is no capability that is reported.</summary>
public interface IQueryableStateStore
{
    /// <summary>The values that fit the query and have not expired, one page of them.</summary>
    /// <exception cref="StateQueryException">The query asks for what this store cannot do.</exception>
    ValueTask<StateQueryPage> QueryAsync(StateQuery query, CancellationToken cancellationToken);
}

/// <summary>What is searched for.</summary>
/// <param name="KeyPrefix">What every key must start with; behind it no <c>||</c> may follow.</param>
/// <param name="Filter">Which values fit; <see langword="null"/> for all.</param>
/// <param name="Sort">By what the values are ordered, the first first; then by key.</param>
/// <param name="Limit">The most values of a page; <see langword="null"/> for all.</param>
/// <param name="Token">Where the page begins: the token of the page before it.</param>
public sealed record StateQuery(string KeyPrefix, StateFilter? Filter, IReadOnlyList<StateSort> Sort, int? Limit, string? Token);

/// <summary>One order of a query; values without the path come first.</summary>
public sealed record StateSort(StateQueryPath Path, bool Descending);

/// <summary>A page of results.</summary>
/// <param name="Token">Where the next page begins; <see langword="null"/> when this is the last one.</param>
public sealed record StateQueryPage(IReadOnlyList<StateItem> Items, string? Token);

/// <summary>A condition on a JSON value.</summary>
public abstract record StateFilter;

/// <summary>All conditions hold, or any of them.</summary>
public sealed record StateFilterGroup(bool All, IReadOnlyList<StateFilter> Filters) : StateFilter;

/// <summary>Compares what stands at a path. Values of different kinds are never equal, and none is less than the other.</summary>
/// <param name="Value">A <see cref="string"/>, <see cref="double"/>, <see cref="long"/>, <see cref="bool"/> or <see langword="null"/>; texts and numbers only where an order is asked for.</param>
public sealed record StateComparison(StateQueryPath Path, StateComparator Comparator, object? Value) : StateFilter;

/// <summary>How to compare.</summary>
public enum StateComparator
{
    /// <summary><c>EQ</c></summary>
    Equal,

    /// <summary><c>NEQ</c>: also true where the path leads nowhere.</summary>
    NotEqual,

    /// <summary><c>GT</c></summary>
    Greater,

    /// <summary><c>GTE</c></summary>
    GreaterOrEqual,

    /// <summary><c>LT</c></summary>
    Less,

    /// <summary><c>LTE</c></summary>
    LessOrEqual,
}

/// <summary>A query cannot be carried out as it is asked; the message says why and is fit for people.</summary>
public sealed class StateQueryException(string message) : Exception(message);
