using System.Globalization;
using System.Text;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Tandem.Components.State;

namespace Tandem.Components.PostgreSql.State;

/// <summary>
/// Puts a query into SQL. Nothing that a caller sent becomes part of the statement: paths, values and keys are parameters, and only the
/// component's table name, which was checked, stands in the text.
/// </summary>
internal sealed class StateQuerySql
{
    private readonly StringBuilder _sql = new();

    public StateQuerySql(StateLayout layout, StateQuery query, long offset)
    {
        var prefix = Parameter(query.KeyPrefix);
        _sql.Append(CultureInfo.InvariantCulture, $"""
            SELECT {layout.Selected} FROM (
                SELECT {layout.Selected}, CASE WHEN NOT isbinary THEN value END AS document
                FROM {layout.Table}
                WHERE starts_with(key, {prefix}) AND strpos(substr(key, length({prefix}) + 1), '||') = 0 AND {layout.Live}) AS documents
            """);
        if (query.Filter is { } filter)
        {
            _sql.Append(" WHERE ");
            Append(filter);
        }

        _sql.Append(" ORDER BY ");
        foreach (var sort in query.Sort)
        {
            _sql.Append(CultureInfo.InvariantCulture, $"document #> {Path(sort.Path)} {(sort.Descending ? "DESC NULLS LAST" : "ASC NULLS FIRST")}, ");
        }

        _sql.Append("key COLLATE \"C\"");
        if (query.Limit is { } limit)
        {
            _sql.Append(CultureInfo.InvariantCulture, $" LIMIT {Parameter(limit + 1L)}");
        }

        _sql.Append(CultureInfo.InvariantCulture, $" OFFSET {Parameter(offset)}");
    }

    /// <summary>The statement.</summary>
    public string Text => _sql.ToString();

    /// <summary>Its parameters.</summary>
    public List<NpgsqlParameter> Parameters { get; } = [];

    private void Append(StateFilter filter)
    {
        if (filter is StateFilterGroup group)
        {
            _sql.Append('(');
            for (var i = 0; i < group.Filters.Count; i++)
            {
                _sql.Append(i == 0 ? "" : group.All ? " AND " : " OR ");
                Append(group.Filters[i]);
            }

            _sql.Append(')');
            return;
        }

        var comparison = (StateComparison)filter;
        if (comparison.Value is not (null or bool or string or long or double))
        {
            throw new StateQueryException($"values of the kind {comparison.Value.GetType().Name} cannot be compared");
        }

        var found = $"document #> {Path(comparison.Path)}";
        var value = Json(comparison.Value);

        // jsonb knows an order among all values; only those of one kind have one here. A path that leads nowhere gives NULL, and is not equal to anything.
        _sql.Append(comparison.Comparator is StateComparator.NotEqual ? "NOT " : "")
            .Append(CultureInfo.InvariantCulture, $"coalesce(jsonb_typeof({found}) = jsonb_typeof({value}) AND {found} {OperatorOf(comparison.Comparator)} {value}, false)");
    }

    private static string OperatorOf(StateComparator comparator) => comparator switch
    {
        StateComparator.Greater => ">",
        StateComparator.GreaterOrEqual => ">=",
        StateComparator.Less => "<",
        StateComparator.LessOrEqual => "<=",
        _ => "=",
    };

    private string Path(StateQueryPath path)
        => Parameter(path.Steps.Select(static step => step.Field ?? step.Index.ToString(CultureInfo.InvariantCulture)).ToArray());

    private string Json(object? value) => Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Jsonb, Value = JsonSerializer.Serialize(value) });

    private string Parameter(object value) => Add(new NpgsqlParameter { Value = value });

    private string Add(NpgsqlParameter parameter)
    {
        Parameters.Add(parameter);
        return $"${Parameters.Count}";
    }
}
