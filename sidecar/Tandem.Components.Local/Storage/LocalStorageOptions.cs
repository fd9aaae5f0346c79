using Tandem.Components.Metadata;

namespace Tandem.Components.Local.Storage;

/// <summary>The metadata of <c>bindings.localstorage</c>.</summary>
internal sealed record LocalStorageOptions(string RootPath, bool DecodeBase64, bool EncodeBase64)
{
    public static LocalStorageOptions Parse(ComponentContext context)
    {
        var root = Path.TrimEndingDirectorySeparator(context.ResolveDataPath(context.Metadata.GetRequiredString("rootPath")));
        return root != Path.GetPathRoot(root)
            ? new LocalStorageOptions(
                root,
                context.Metadata.GetBool("decodeBase64", defaultValue: false),
                context.Metadata.GetBool("encodeBase64", defaultValue: false))
            : throw new ComponentMetadataException("rootPath", "must be a folder below the root of the file system");
    }
}
