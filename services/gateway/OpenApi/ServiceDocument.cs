using System.Text.Json.Nodes;

namespace Tandem.Gateway;

/// <summary>What one service says of its routes.</summary>
/// <param name="Service">Its app id.</param>
/// <param name="Document">Its OpenAPI document, or null when it could not be had.</param>
/// <param name="Problem">Why not.</param>
internal sealed record ServiceDocument(string Service, JsonObject? Document, string? Problem = null);
