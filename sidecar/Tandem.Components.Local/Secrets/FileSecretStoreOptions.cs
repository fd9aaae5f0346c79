namespace Tandem.Components.Local.Secrets;

/// <summary>The metadata of <c>secretstores.local.file</c>.</summary>
/// <param name="Separator">Joins the names of nested values.</param>
/// <param name="MultiValued">Each top-level object is one secret of several values.</param>
internal sealed record FileSecretStoreOptions(string Path, string Separator, bool MultiValued)
{
    public const string PathField = "secretsFile";

    public static FileSecretStoreOptions Parse(ComponentContext context) => new(
        context.ResolvePath(context.Metadata.GetRequiredString(PathField)),
        context.Metadata.GetString("nestedSeparator") ?? ":",
        context.Metadata.GetBool("multiValued", defaultValue: false));
}
