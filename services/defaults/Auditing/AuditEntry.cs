namespace Tandem.ServiceDefaults;

/// <summary>What an admin did or tried to do: who, what, which and how it ended. Never what was sent.</summary>
/// <param name="At">When the request came.</param>
/// <param name="UserId">The admin.</param>
/// <param name="Action">The method and the route's pattern, such as <c>PUT /products/{id:int}</c>; a gRPC method's name.</param>
/// <param name="Target">The route's values, such as <c>id=7</c>; empty where the route has none.</param>
/// <param name="Status">The answer's status.</param>
/// <param name="TraceId">The trace that the request belongs to.</param>
internal sealed record AuditEntry(DateTimeOffset At, string UserId, string Action, string Target, int Status, string TraceId)
{
    /// <summary>done, refused (the answer says why) or failed.</summary>
    public string Outcome => Status switch
    {
        < 400 => "done",
        < 500 => "refused",
        _ => "failed",
    };
}
