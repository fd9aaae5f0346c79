using Tandem.Components.Sqlite.Database;

namespace Tandem.Components.Sqlite.PubSub;

/// <summary>What a process owns of a consumer group after it renewed its lease.</summary>
/// <param name="Owned">The slots that are this process's now.</param>
/// <param name="Share">How many it should own; what is above that is to be given up.</param>
/// <param name="Members">Every process of the group that is alive, as one text to compare with.</param>
internal sealed record GroupLease(IReadOnlyList<SlotState> Owned, int Share, string Members);

/// <summary>
/// A consumer group as the database has it. Its members are the processes that consume; each keeps itself alive by renewing, and owns
/// a fair share of the slots. A slot whose owner is not alive is free. The methods run inside a write, the last one inside a read.
/// </summary>
internal sealed class ConsumerGroupStore(long groupId, string owner, TimeSpan leaseDuration)
{
    /// <summary>The number of a group; a new one begins at the offset, an old one keeps its place.</summary>
    public static long Ensure(SqliteConnection connection, long topicId, string name, InitialOffset initialOffset, DateTimeOffset now)
    {
        const string Find = "SELECT id FROM pubsub_groups WHERE topic_id = ?1 AND name = ?2";
        using (var find = connection.Prepare(Find))
        {
            if (find.Bind(1, topicId).Bind(2, name).Step())
            {
                var known = find.Int64(0);
                Use(connection, known, now);
                return known;
            }
        }

        var newest = MessageLog.NewestOffset(connection, topicId);
        var position = initialOffset.FirstMessage is { } first ? Math.Clamp(first - 1, 0, newest) : newest;
        using (var insert = connection.Prepare("INSERT INTO pubsub_groups (topic_id, name, created_at, used_at) VALUES (?1, ?2, ?3, ?3)"))
        {
            insert.Bind(1, topicId).Bind(2, name).Bind(3, now.ToUnixTimeMilliseconds()).Run();
        }

        var groupId = connection.ReadInt64("SELECT last_insert_rowid()");
        for (var slot = 0; slot < PubSubSchema.Slots; slot++)
        {
            using var insert = connection.Prepare("INSERT INTO pubsub_slots (group_id, slot, position) VALUES (?1, ?2, ?3)");
            insert.Bind(1, groupId).Bind(2, slot).Bind(3, position).Run();
        }

        return groupId;
    }

    /// <summary>Forgets the groups that nobody has used since then; answers which they were.</summary>
    public static IReadOnlyList<(string Topic, string Group)> ForgetUnused(SqliteConnection connection, long unusedSince)
    {
        var forgotten = new List<(string, string)>();
        var ids = new List<long>();
        using (var unused = connection.Prepare("""
            SELECT pubsub_groups.id, pubsub_topics.name, pubsub_groups.name FROM pubsub_groups JOIN pubsub_topics ON pubsub_topics.id = topic_id
            WHERE used_at < ?1 AND NOT EXISTS (SELECT 1 FROM pubsub_members WHERE group_id = pubsub_groups.id AND alive_until >= ?1)
            """))
        {
            unused.Bind(1, unusedSince);
            while (unused.Step())
            {
                ids.Add(unused.Int64(0));
                forgotten.Add((unused.Text(1), unused.Text(2)));
            }
        }

        foreach (var id in ids)
        {
            foreach (var statement in (string[])["DELETE FROM pubsub_members WHERE group_id = ?1", "DELETE FROM pubsub_slots WHERE group_id = ?1", "DELETE FROM pubsub_groups WHERE id = ?1"])
            {
                using var delete = connection.Prepare(statement);
                delete.Bind(1, id).Run();
            }
        }

        return forgotten;
    }

    /// <summary>Says that this process is alive, and takes free slots up to its fair share.</summary>
    public GroupLease Renew(SqliteConnection connection, DateTimeOffset now)
    {
        using (var renew = connection.Prepare(
            "INSERT INTO pubsub_members (group_id, owner, alive_until) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET alive_until = excluded.alive_until"))
        {
            renew.Bind(1, groupId).Bind(2, owner).Bind(3, (now + leaseDuration).ToUnixTimeMilliseconds()).Run();
        }

        var members = LiveMembers(connection, now);
        var index = members.IndexOf(owner);
        var share = (PubSubSchema.Slots / members.Count) + (index < PubSubSchema.Slots % members.Count ? 1 : 0);

        var owned = new List<SlotState>();
        var free = new List<SlotState>();
        using (var slots = connection.Prepare("SELECT slot, position, pending, owner FROM pubsub_slots WHERE group_id = ?1 ORDER BY slot"))
        {
            slots.Bind(1, groupId);
            while (slots.Step())
            {
                var state = new SlotState((int)slots.Int64(0), slots.Int64(1), slots.Text(2));
                var slotOwner = slots.TextOrNull(3);
                (slotOwner == owner ? owned : slotOwner is null || !members.Contains(slotOwner) ? free : null)?.Add(state);
            }
        }

        foreach (var state in free.Take(Math.Max(0, share - owned.Count)).ToList())
        {
            using var take = connection.Prepare("UPDATE pubsub_slots SET owner = ?3 WHERE group_id = ?1 AND slot = ?2");
            take.Bind(1, groupId).Bind(2, state.Slot).Bind(3, owner).Run();
            owned.Add(state);
        }

        return new GroupLease(owned, share, string.Join(',', members));
    }

    /// <summary>Saves how far this process came, in the slots that are still its own.</summary>
    public void Save(SqliteConnection connection, IReadOnlyList<SlotState> states, bool giveUp)
    {
        foreach (var state in states)
        {
            using var save = connection.Prepare(
                giveUp
                    ? "UPDATE pubsub_slots SET position = ?3, pending = ?4, owner = NULL WHERE group_id = ?1 AND slot = ?2 AND owner = ?5"
                    : "UPDATE pubsub_slots SET position = ?3, pending = ?4 WHERE group_id = ?1 AND slot = ?2 AND owner = ?5");
            save.Bind(1, groupId).Bind(2, state.Slot).Bind(3, state.Position).Bind(4, state.Pending).Bind(5, owner).Run();
        }
    }

    /// <summary>Saves, gives up every slot and leaves the group.</summary>
    public void Leave(SqliteConnection connection, IReadOnlyList<SlotState> states, DateTimeOffset now)
    {
        Save(connection, states, giveUp: true);
        Use(connection, groupId, now);
        using var leave = connection.Prepare("DELETE FROM pubsub_members WHERE group_id = ?1 AND owner = ?2");
        leave.Bind(1, groupId).Bind(2, owner).Run();
    }

    /// <summary>Whether the shares have to be dealt again: members came or went, or a slot became free that this process lacks.</summary>
    public bool HasChanged(SqliteConnection connection, string members, bool wantsMore)
    {
        using (var now = connection.Prepare("SELECT group_concat(owner) FROM (SELECT owner FROM pubsub_members WHERE group_id = ?1 ORDER BY owner)"))
        {
            if (!now.Bind(1, groupId).Step() || now.TextOrNull(0) != members)
            {
                return true;
            }
        }

        using var free = connection.Prepare("SELECT 1 FROM pubsub_slots WHERE group_id = ?1 AND owner IS NULL LIMIT 1");
        return wantsMore && free.Bind(1, groupId).Step();
    }

    /// <summary>Notes when a group was last used; while it has members, these say so themselves.</summary>
    private static void Use(SqliteConnection connection, long id, DateTimeOffset now)
    {
        using var use = connection.Prepare("UPDATE pubsub_groups SET used_at = ?2 WHERE id = ?1");
        use.Bind(1, id).Bind(2, now.ToUnixTimeMilliseconds()).Run();
    }

    private List<string> LiveMembers(SqliteConnection connection, DateTimeOffset now)
    {
        var live = new List<string>();
        var gone = new List<string>();
        using (var members = connection.Prepare("SELECT owner, alive_until FROM pubsub_members WHERE group_id = ?1 ORDER BY owner"))
        {
            members.Bind(1, groupId);
            while (members.Step())
            {
                var member = members.Text(0);
                var isLive = member == owner || (members.Int64(1) > now.ToUnixTimeMilliseconds() && !OwnerId.IsDead(member));
                (isLive ? live : gone).Add(member);
            }
        }

        if (gone.Count > 0)
        {
            Use(connection, groupId, now);
        }

        foreach (var member in gone)
        {
            using var delete = connection.Prepare("DELETE FROM pubsub_members WHERE group_id = ?1 AND owner = ?2");
            delete.Bind(1, groupId).Bind(2, member).Run();
        }

        return live;
    }
}
