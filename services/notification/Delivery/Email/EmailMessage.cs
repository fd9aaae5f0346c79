namespace Tandem.Notification;

/// <summary>An email to one person.</summary>
/// <param name="Id">What makes it this one, for its Message-ID.</param>
/// <param name="From">The sender's address.</param>
/// <param name="ToName">The recipient's name, if it is known.</param>
/// <param name="To">The recipient's address.</param>
/// <param name="Subject">The subject.</param>
/// <param name="Text">The text.</param>
/// <param name="Date">When it was written.</param>
internal sealed record EmailMessage(string Id, string From, string? ToName, string To, string Subject, string Text, DateTimeOffset Date);
