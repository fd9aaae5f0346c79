using System.Text;

namespace Dapr;

/// <summary>Builds a path of the sidecar's API: segments escaped, nothing allocated twice.</summary>
internal readonly ref struct SidecarPath
{
    private readonly StringBuilder _path;

    public SidecarPath(string prefix, string name)
    {
        _path = new StringBuilder(prefix, 128);
        Segment(name);
    }

    public SidecarPath Segment(string value)
    {
        _path.Append('/').Append(Uri.EscapeDataString(value));
        return this;
    }

    public override string ToString() => _path.ToString();
}
