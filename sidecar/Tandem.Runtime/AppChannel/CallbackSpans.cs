using System.Diagnostics;

namespace Tandem.Runtime.AppChannel;

/// <summary>What the spans of calls to the app say, whatever the protocol.</summary>
internal static class CallbackSpans
{
    public static void SetTopic(Activity span, string topic)
    {
        span.SetTag("messaging.system", "pubsub");
        span.SetTag("messaging.destination.kind", "topic");
        span.SetTag("messaging.destination.name", topic);
    }

    public static void SetBinding(Activity span) => span.SetTag("db.system", "bindings");
}
