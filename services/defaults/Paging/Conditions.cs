namespace Tandem.ServiceDefaults;

/// <summary>
/// The WHERE of a list with filters: only those that are set. "No value, or equal to it" in one statement would read the same, but a database
/// then reads the whole table, whatever indexes there are.
/// </summary>
public static class Conditions
{
    /// <summary>WHERE with the conditions whose value is there, or nothing.</summary>
    public static string Where(params ReadOnlySpan<(object? Value, string Condition)> conditions)
    {
        var where = "";
        foreach (var (value, condition) in conditions)
        {
            if (value is not null)
            {
                where += (where.Length == 0 ? "WHERE " : " AND ") + condition;
            }
        }

        return where;
    }
}
