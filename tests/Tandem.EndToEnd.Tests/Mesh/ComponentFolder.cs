using System.Text.Json;
using YamlDotNet.RepresentationModel;

namespace Tandem.EndToEnd.Tests.Mesh;

/// <summary>A run's own copy of one of the folders of components/, beside its run file as the folder is beside the project's.</summary>
internal sealed class ComponentFolder
{
    private const string Secrets = "secrets.json";

    public ComponentFolder(string name, string runFolder)
    {
        Path = Directory.CreateDirectory(System.IO.Path.Combine(runFolder, "components", name)).FullName;
        foreach (var file in Directory.GetFiles(System.IO.Path.Combine(RepositoryLayout.Root, "components", name)))
        {
            File.Copy(file, System.IO.Path.Combine(Path, System.IO.Path.GetFileName(file)));
        }
    }

    public string Path { get; }

    /// <summary>Sets a metadata field of a component.</summary>
    public void Set(string component, string field, string value)
    {
        var file = System.IO.Path.Combine(Path, $"{component}.yaml");
        var yaml = new YamlStream();
        using (var reader = new StreamReader(file))
        {
            yaml.Load(reader);
        }

        var fields = (YamlSequenceNode)yaml.Documents[0].RootNode["spec"]["metadata"];
        fields.Children.Where(entry => entry["name"].ToString() == field).ToList().ForEach(entry => fields.Children.Remove(entry));
        fields.Add(new YamlMappingNode("name", field, "value", value));
        using var writer = new StreamWriter(file);
        yaml.Save(writer, assignAnchors: false);
    }

    /// <summary>Changes each of the secrets, by its name.</summary>
    public void SetSecrets(Func<string, string, string> change)
    {
        var file = System.IO.Path.Combine(Path, Secrets);
        var secrets = JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(file))!;
        File.WriteAllText(file, JsonSerializer.Serialize(secrets.ToDictionary(static pair => pair.Key, pair => change(pair.Key, pair.Value))));
    }
}
