using System.IO.Enumeration;
using Tandem.Runtime.Resources;

namespace Tandem.Runtime.AccessControl;

/// <summary>
/// A policy's operations by the segments of their names. What is listed first is looked at first, and nothing is tried again: a name without
/// wildcard also covers what is below it, <c>*</c> covers one last segment (or part of one), <c>**</c> everything from there on.
/// </summary>
internal sealed class OperationTree
{
    private const string One = "*";
    private const string Any = "**";

    private readonly List<(string Segment, OperationTree Child)> _children = [];
    private readonly List<OperationSettings> _rules = [];

    public static OperationTree Create(IEnumerable<OperationSettings> operations)
    {
        var root = new OperationTree();
        foreach (var operation in operations)
        {
            var node = root;
            foreach (var segment in operation.Name.TrimStart('/').ToLowerInvariant().Split('/'))
            {
                node = node.GetOrAdd(segment);
            }

            node._rules.Add(operation);
        }

        return root;
    }

    /// <summary>Whether the operation is allowed; <see langword="null"/> when nothing is said of it, or nothing of that verb.</summary>
    /// <param name="path">A normal path, in lower case.</param>
    /// <param name="verb">The HTTP verb; empty for a gRPC method, which has none.</param>
    public bool? Find(string path, string verb)
    {
        var node = this;
        var segments = path.TrimStart('/').Split('/');
        for (var i = 0; i < segments.Length; i++)
        {
            var isEnd = i == segments.Length - 1;
            if (node.FindChild(segments[i], isEnd) is not (var segment, { } child))
            {
                return null;
            }

            node = child;
            if (node._rules.Count > 0 && (isEnd || segment is not One))
            {
                return node.ActionOf(verb);
            }

            if (isEnd && node.FindChild(One, isEnd: true) is (_, { _rules.Count: > 0 } below))
            {
                return below.ActionOf(verb);
            }
        }

        return null;
    }

    private (string Segment, OperationTree Child)? FindChild(string segment, bool isEnd)
    {
        foreach (var (name, child) in _children)
        {
            if (name == segment || name is Any || (name is One ? isEnd : name.Contains('*', StringComparison.Ordinal) && FileSystemName.MatchesSimpleExpression(name, segment, ignoreCase: false)))
            {
                return (name, child);
            }
        }

        return null;
    }

    private bool? ActionOf(string verb)
        => verb.Length == 0 ? _rules[0].IsAllowed
            : _rules.Find(rule => rule.Verbs.Contains(verb, StringComparer.OrdinalIgnoreCase))?.IsAllowed
            ?? _rules.Find(static rule => rule.Verbs.Contains("*"))?.IsAllowed;

    private OperationTree GetOrAdd(string segment)
    {
        if (_children.Find(child => child.Segment == segment) is (_, { } known))
        {
            return known;
        }

        var added = new OperationTree();
        _children.Add((segment, added));
        return added;
    }
}
