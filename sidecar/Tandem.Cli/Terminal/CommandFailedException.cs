namespace Tandem.Cli.Terminal;

/// <summary>A command cannot do what it was asked; the message is all that its user needs to read.</summary>
internal sealed class CommandFailedException(string message) : Exception(message);
