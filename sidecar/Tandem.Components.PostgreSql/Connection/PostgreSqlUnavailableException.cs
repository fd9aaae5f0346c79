namespace Tandem.Components.PostgreSql.Connection;

/// <summary>The server cannot be reached, or the connection broke before its answer.</summary>
internal sealed class PostgreSqlUnavailableException(string message, Exception innerException) : Exception(message, innerException);
