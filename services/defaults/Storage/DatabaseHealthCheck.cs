using System.Data.Common;
using Dapper;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Tandem.ServiceDefaults;

internal sealed class DatabaseHealthCheck(Database database, Readiness readiness) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!readiness.IsReady)
        {
            return HealthCheckResult.Unhealthy("Not open yet.");
        }

        try
        {
            await using var connection = await database.OpenAsync(cancellationToken);
            var waiting = await connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM outbox");
            return HealthCheckResult.Healthy($"{waiting} events wait to be published.");
        }
        catch (DbException exception)
        {
            // The health page is open to anyone: where the database is and who logs in is not for anyone.
            return HealthCheckResult.Unhealthy(exception is Npgsql.NpgsqlException ? "The database does not answer." : exception.Message);
        }
    }
}
