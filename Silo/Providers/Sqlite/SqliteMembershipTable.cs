using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Bandstand.Silo.Providers.Sqlite;

/// <summary>
/// Who belongs to the cluster, in the SQLite file that the silos of one machine share. Each silo also holds a lock that
/// the system takes away when its process ends, so that a start after a crash of all of them need not wait for any.
/// </summary>
internal sealed class SqliteMembershipTable(SiloDatabase database, ILocalSiloDetails self, SiloLocks locks, IOptions<ClusterOptions> options) : IMembershipTable
{
    private readonly string cluster = options.Value.ClusterId;

    public async Task InitializeMembershipTable(bool tryInitTableVersion)
    {
        await database.Change(tables =>
        {
            tables.EnsureCluster(cluster);
            return true;
        });
        locks.Hold(self.SiloAddress);
        await BuryTheDead();
    }

    public Task DeleteMembershipTableEntries(string clusterId) => database.Change(tables =>
    {
        tables.DeleteCluster(clusterId);
        return true;
    });

    public Task CleanupDefunctSiloEntries(DateTimeOffset beforeDate) => database.Change(tables =>
    {
        tables.DeleteEnded(cluster, beforeDate.UtcDateTime);
        return true;
    });

    public Task<MembershipTableData> ReadRow(SiloAddress key) => database.Query(tables => tables.ReadMembers(cluster, key));

    public Task<MembershipTableData> ReadAll() => database.Query(tables => tables.ReadMembers(cluster));

    public Task<bool> InsertRow(MembershipEntry entry, TableVersion tableVersion)
        => database.Change(tables => tables.InsertMember(cluster, entry, tableVersion));

    public Task<bool> UpdateRow(MembershipEntry entry, string etag, TableVersion tableVersion)
        => database.Change(tables => tables.UpdateMember(cluster, entry, etag, tableVersion));

    public Task UpdateIAmAlive(MembershipEntry entry) => database.Change(tables =>
    {
        tables.MemberIsAlive(cluster, entry.SiloAddress, entry.IAmAliveTime);
        return true;
    });

    /// <summary>Declares dead whose process is gone: nobody holds its lock.</summary>
    private async Task BuryTheDead()
    {
        var members = (await ReadAll()).Members.Select(member => member.Item1);
        foreach (var member in members.Where(member => member.Status != SiloStatus.Dead && !member.SiloAddress.Equals(self.SiloAddress) && !locks.IsHeld(member.SiloAddress)))
        {
            for (var done = false; !done;)
            {
                var (present, version) = (await ReadRow(member.SiloAddress)) is var row ? (row.TryGet(member.SiloAddress), row.Version) : default;
                if (present is null || present.Item1.Status == SiloStatus.Dead)
                {
                    break;
                }

                present.Item1.Status = SiloStatus.Dead;
                done = await UpdateRow(present.Item1, present.Item2, version.Next());
            }
        }
    }
}
