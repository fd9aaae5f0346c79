using System.Data.Common;
using Tandem.Contracts.Events;

namespace Tandem.ServiceDefaults;

/// <summary>Does what an event asks for.</summary>
public interface IEventHandler<in TEvent>
    where TEvent : IntegrationEvent
{
    /// <summary>
    /// Runs in the write transaction that also marks the event as handled, so it happens once or not at all. An exception has the event
    /// delivered again, and in the end put aside as a dead letter.
    /// </summary>
    Task HandleAsync(TEvent e, EventMetadata metadata, DbTransaction tx, CancellationToken ct);
}
