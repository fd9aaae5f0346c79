using System.Globalization;
using System.Text;
using Tandem.Components.Sqlite.Database;
using Tandem.Components.State;

namespace Tandem.Components.Sqlite.State;

/// <summary>
/// Puts a query into SQL. Nothing that a caller sent becomes part of the statement: paths, values and keys are parameters, and only the
/// component's table name, which was checked, stands in the text.
/// </summary>
internal sealed class StateQuerySql
{
    private readonly StringBuilder _sql = new();
    private readonly List<object> _parameters = [];
    private readonly int _limit;
    private readonly long _offset;

    public StateQuerySql(string table, StateQuery query, string now)
    {
        _limit = query.Limit ?? -1;
        _offset = ReadToken(query.Token);
        var prefix = Parameter(query.KeyPrefix);

        // Only a value that is JSON is looked into: SQLite's functions refuse any other.
        _sql.Append(CultureInfo.InvariantCulture, $"""
            WITH documents AS (
                SELECT value, is_binary, etag, expiration_time, key, CASE WHEN is_binary = 0 AND json_valid(value) THEN value END AS document
                FROM {table}
                WHERE key >= {prefix} AND key < {prefix} || char(0x10FFFF) AND instr(substr(key, length({prefix}) + 1), '||') = 0
                    AND (expiration_time IS NULL OR expiration_time > {Parameter(now)}))
            SELECT value, is_binary, etag, expiration_time, key FROM documents
            """);
        if (query.Filter is { } filter)
        {
            _sql.Append(" WHERE ");
            Append(filter);
        }

        _sql.Append(" ORDER BY ");
        foreach (var sort in query.Sort)
        {
            _sql.Append(CultureInfo.InvariantCulture, $"json_extract(document, {Path(sort.Path)}) {(sort.Descending ? "DESC" : "ASC")}, ");
        }

        // One more than asked for says whether there is another page.
        _sql.Append(CultureInfo.InvariantCulture, $"key LIMIT {Parameter(_limit < 0 ? -1L : _limit + 1L)} OFFSET {Parameter(_offset)}");
    }

    /// <summary>Runs the query.</summary>
    public StateQueryPage Read(SqliteConnection connection)
    {
        using var statement = connection.PrepareOnce(_sql.ToString());
        for (var i = 0; i < _parameters.Count; i++)
        {
            _ = _parameters[i] switch
            {
                string text => statement.Bind(i + 1, text),
                long number => statement.Bind(i + 1, number),
                double number => statement.Bind(i + 1, number),
                var other => throw new InvalidOperationException($"no SQL parameter is made of {other.GetType()}"),
            };
        }

        var items = new List<StateItem>();
        while (statement.Step())
        {
            if (items.Count == _limit)
            {
                return new StateQueryPage(items, (_offset + _limit).ToString(CultureInfo.InvariantCulture));
            }

            items.Add(StateValue.Read(statement, statement.Text(4)));
        }

        return new StateQueryPage(items, null);
    }

    private static long ReadToken(string? token)
    {
        if (string.IsNullOrEmpty(token))
        {
            return 0;
        }

        return long.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
            ? offset
            : throw new StateQueryException($"the page token '{token}' is none of this store");
    }

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
        var path = Path(comparison.Path);
        if (comparison.Comparator is StateComparator.NotEqual)
        {
            _sql.Append("NOT ");
        }

        // The kind first: 1 is neither '1' nor true. A path that leads nowhere has no kind, and is then not equal to anything.
        _sql.Append(CultureInfo.InvariantCulture, $"(ifnull(json_type(document, {path}), '') ");
        _ = comparison.Value switch
        {
            null => _sql.Append("= 'null')"),
            bool truth => _sql.Append(truth ? "= 'true')" : "= 'false')"),
            string text => AppendOrder("= 'text'", path, comparison.Comparator, text),
            long or double => AppendOrder("IN ('integer', 'real')", path, comparison.Comparator, comparison.Value),
            var other => throw new StateQueryException($"values of the kind {other.GetType().Name} cannot be compared"),
        };
    }

    private StringBuilder AppendOrder(string kind, string path, StateComparator comparator, object value)
        => _sql.Append(CultureInfo.InvariantCulture, $"{kind} AND json_extract(document, {path}) {OperatorOf(comparator)} {Parameter(value)})");

    private static string OperatorOf(StateComparator comparator) => comparator switch
    {
        StateComparator.Greater => ">",
        StateComparator.GreaterOrEqual => ">=",
        StateComparator.Less => "<",
        StateComparator.LessOrEqual => "<=",
        _ => "=",
    };

    /// <summary>The path as SQLite writes it, every name in quotes; names with quotes do not get this far.</summary>
    private string Path(StateQueryPath path)
    {
        var text = new StringBuilder("$");
        foreach (var step in path.Steps)
        {
            _ = step.Field is { } field
                ? text.Append(".\"").Append(field).Append('"')
                : text.Append(CultureInfo.InvariantCulture, $"[{step.Index}]");
        }

        return Parameter(text.ToString());
    }

    private string Parameter(object value)
    {
        _parameters.Add(value);
        return $"?{_parameters.Count}";
    }
}
