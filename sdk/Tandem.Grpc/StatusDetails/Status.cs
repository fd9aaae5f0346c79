using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Google.Rpc;

/// <content>Finds details by their type.</content>
public sealed partial class Status
{
    /// <summary>The first detail of a type; null when there is none.</summary>
    public T? GetDetail<T>()
        where T : class, IMessage<T>, new()
    {
        var name = new T().Descriptor.FullName;
        foreach (var any in Details)
        {
            if (Any.GetTypeName(any.TypeUrl) == name)
            {
                return any.Unpack<T>();
            }
        }

        return null;
    }
}
