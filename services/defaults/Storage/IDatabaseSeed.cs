namespace Tandem.ServiceDefaults;

/// <summary>Puts into the database what a service cannot do without. Runs after the migrations at every start, before requests are served.</summary>
public interface IDatabaseSeed
{
    /// <summary>Adds what is missing; what is there stays.</summary>
    Task SeedAsync(Database database, CancellationToken cancellationToken);
}
