namespace Tandem.Notification;

/// <summary>Which notifications a list shows; what is <see langword="null"/> does not matter.</summary>
internal sealed record NotificationFilter(string? UserId, Status? Status = null, string? Type = null, bool UnreadOnly = false)
{
    /// <summary>The condition, with the parameters @UserId, @Status, @Type and @Now.</summary>
    public string Where
    {
        get
        {
            List<string> conditions = ["expires_at > @Now"];
            if (UserId is not null)
            {
                conditions.Add("user_id = @UserId");
            }

            if (Status is not null)
            {
                conditions.Add("status = @Status");
            }

            if (Type is not null)
            {
                conditions.Add("type = @Type");
            }

            if (UnreadOnly)
            {
                conditions.Add("status IN ('sent', 'delivered')");
            }

            return $"WHERE {string.Join(" AND ", conditions)}";
        }
    }
}
