using Tandem.Components.State;
using Tandem.Runtime.PubSub.Delivery;

namespace Tandem.Runtime.Bindings;

/// <summary>What the app said to an event of an input binding.</summary>
/// <param name="Result">Whether it took the event.</param>
/// <param name="Wishes">What it wants done besides; <see langword="null"/> for nothing.</param>
public readonly record struct BindingReply(DeliveryResult Result, BindingWishes? Wishes = null);

/// <summary>What an app wants done when it has taken an event: state to be saved, output bindings to be called.</summary>
/// <param name="StoreName">The state store.</param>
/// <param name="States">What to save there.</param>
/// <param name="To">The output bindings that get <paramref name="Data"/> with the operation <c>create</c>.</param>
/// <param name="Data">The data for them.</param>
/// <param name="InParallel">Whether they are called all at once, and not one after the other.</param>
public sealed record BindingWishes(string StoreName, IReadOnlyList<StateSet> States, IReadOnlyList<string> To, ReadOnlyMemory<byte> Data, bool InParallel);
