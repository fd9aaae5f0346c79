namespace Tandem.ServiceDefaults;

/// <summary>The envelope of an event that came in.</summary>
/// <param name="Id">The event's own id, the same on every delivery.</param>
/// <param name="Type">The CloudEvent's type.</param>
/// <param name="Source">Who published it.</param>
/// <param name="Subject">The aggregate that it is about.</param>
/// <param name="Time">When it was published.</param>
public sealed record EventMetadata(string Id, string Type, string Source, string Subject, DateTimeOffset Time);
