using System.Reflection;

namespace Tandem.ServiceDefaults;

/// <summary>Which database a service uses.</summary>
/// <param name="Name">The name of the secret, and of the connection string in the configuration when one is there.</param>
/// <param name="Migrations">The assembly that carries Migrations/*.sql.</param>
internal sealed record DatabaseOptions(string Name, Assembly Migrations)
{
    /// <summary>The secret store's component name, the same in every folder of components/.</summary>
    public const string SecretStore = "secretstore";
}
