using Tandem.Components.NameResolution;
using Tandem.Components.Sqlite.Database;

namespace Tandem.Components.Sqlite.NameResolution;

/// <summary>A sidecar of this process, as it is announced.</summary>
internal sealed record Announcement(string RegistrationId, AppRegistration App, IReadOnlyList<string> ActorTypes);

/// <summary>Reads and writes the table of hosts. The methods run inside a write or a read.</summary>
internal sealed class HostTable(HostsSql sql, string owner)
{
    public void Create(SqliteConnection connection) => connection.Execute(sql.Create);

    /// <summary>Announces sidecars, or says that they are still there; the same statement, so that a row that somebody removed comes back.</summary>
    public void Announce(SqliteConnection connection, IReadOnlyList<Announcement> announcements, DateTimeOffset now)
    {
        foreach (var announcement in announcements)
        {
            using var host = connection.Prepare(sql.Announce);
            host.Bind(1, announcement.RegistrationId).Bind(2, announcement.App.Address).Bind(3, announcement.App.AppId)
                .Bind(4, announcement.App.AppNamespace).Bind(5, now.ToUnixTimeSeconds()).Run();
            using var details = connection.Prepare(sql.AnnounceDetails);
            details.Bind(1, announcement.RegistrationId).Bind(2, owner).Bind(3, string.Join('\n', announcement.ActorTypes)).Run();
        }
    }

    public void Remove(SqliteConnection connection, string registrationId)
    {
        using (var remove = connection.Prepare(sql.Remove))
        {
            remove.Bind(1, registrationId).Run();
        }

        connection.Run(sql.RemoveOrphans);
    }

    /// <summary>Removes the hosts of processes that have ended, and those that nobody renewed for long.</summary>
    public void CleanUp(SqliteConnection connection, DateTimeOffset renewedBefore)
    {
        foreach (var row in Read(connection).Where(static row => row.Owner is not null && OwnerId.IsDead(row.Owner)))
        {
            using var remove = connection.Prepare(sql.Remove);
            remove.Bind(1, row.RegistrationId).Run();
        }

        using (var old = connection.Prepare(sql.RemoveOld))
        {
            old.Bind(1, renewedBefore.ToUnixTimeSeconds()).Run();
        }

        connection.Run(sql.RemoveOrphans);
    }

    public List<HostRow> Read(SqliteConnection connection)
    {
        var rows = new List<HostRow>();
        using var select = connection.Prepare(sql.Select);
        while (select.Step())
        {
            rows.Add(new HostRow(
                select.Text(0), select.Text(1), select.Text(2), select.Text(3), select.Int64(4), select.TextOrNull(5), select.TextOrNull(6)));
        }

        return rows;
    }
}
