using System.Diagnostics;

namespace Tandem.ServiceDefaults;

/// <summary>
/// Keeps a trace whole where work is stored and done later: the cause is stored beside what is to be done, and the work goes on with its trace,
/// also after a restart.
/// </summary>
public static class Causes
{
    private static readonly ActivitySource Source = new("Tandem.Causes");

    /// <summary>The span that is under way, as W3C's traceparent; nothing outside of any.</summary>
    public static string? Current => Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity ? activity.Id : null;

    /// <summary>Begins work that was caused then; dispose it. What surrounds the caller has nothing to do with it.</summary>
    /// <param name="name">What is done.</param>
    /// <param name="kind">How it stands to its cause.</param>
    /// <param name="cause">What <see cref="Current"/> was then; nothing begins no span.</param>
    public static Activity? Continue(string name, ActivityKind kind, string? cause)
    {
        Activity.Current = null;
        if (!ActivityContext.TryParse(cause, null, isRemote: false, out var parent))
        {
            return null;
        }

        // Without anybody who records spans, the context still has to travel.
        return Source.StartActivity(name, kind, parent) ?? new Activity(name).SetParentId(cause!).Start();
    }
}
