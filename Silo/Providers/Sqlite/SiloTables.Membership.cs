using System.Globalization;

namespace Bandstand.Silo.Providers.Sqlite;

/// <summary>The statements of the membership.</summary>
internal sealed partial class SiloTables
{
    /// <summary>A cluster's members, or one of them, with the version of the whole.</summary>
    public MembershipTableData ReadMembers(string cluster, SiloAddress? only = null)
    {
        var select = Prepared("""
            SELECT version, etag, address, status, proxy_port, host, name, started, alive, suspicions
            FROM clusters LEFT JOIN silos ON cluster=id AND (?2='' OR address=?2) WHERE id=?1
            """).Bind(1, cluster).Bind(2, only?.ToParsableString() ?? "");
        try
        {
            var members = new List<Tuple<MembershipEntry, string>>();
            var version = new TableVersion(0, "0");
            while (select.Step())
            {
                var etag = select.Long(1).ToString(CultureInfo.InvariantCulture);
                version = new TableVersion((int)select.Long(0), etag);
                if (select.Text(2) is { Length: > 0 } address)
                {
                    members.Add(Tuple.Create(
                        new MembershipEntry
                        {
                            SiloAddress = SiloAddress.FromParsableString(address),
                            Status = (SiloStatus)select.Long(3),
                            ProxyPort = (int)select.Long(4),
                            HostName = select.Text(5),
                            SiloName = select.Text(6),
                            StartTime = new DateTime(select.Long(7), DateTimeKind.Utc),
                            IAmAliveTime = new DateTime(select.Long(8), DateTimeKind.Utc),
                            SuspectTimes = Suspicions(select.Text(9)),
                        },
                        etag));
                }
            }

            return new MembershipTableData(members, version);
        }
        finally
        {
            select.Reset();
        }
    }

    /// <summary>Makes sure that the cluster has a version.</summary>
    public void EnsureCluster(string cluster)
        => Prepared("INSERT INTO clusters VALUES (?1, 0, 0) ON CONFLICT DO NOTHING").Bind(1, cluster).Run();

    /// <summary>Adds a member if the cluster's version is still the expected one and the member is new.</summary>
    public bool InsertMember(string cluster, MembershipEntry member, TableVersion version)
        => !HasMember(cluster, member.SiloAddress) && Advance(cluster, version) && Put(cluster, member);

    /// <summary>Replaces a member if the cluster's version is still the expected one.</summary>
    public bool UpdateMember(string cluster, MembershipEntry member, string etag, TableVersion version)
        => etag == version.VersionEtag && HasMember(cluster, member.SiloAddress) && Advance(cluster, version) && Put(cluster, member);

    /// <summary>Notes when a member was last seen alive; that is no change of the membership.</summary>
    public void MemberIsAlive(string cluster, SiloAddress address, DateTime time)
        => Prepared("UPDATE silos SET alive=?3 WHERE cluster=?1 AND address=?2").Bind(1, cluster).Bind(2, address.ToParsableString()).Bind(3, time.Ticks).Run();

    /// <summary>Forgets members that ended before a time.</summary>
    public void DeleteEnded(string cluster, DateTime before)
        => Prepared("DELETE FROM silos WHERE cluster=?1 AND status<>?2 AND max(started, alive)<?3")
            .Bind(1, cluster).Bind(2, (long)SiloStatus.Active).Bind(3, before.Ticks).Run();

    /// <summary>Forgets a cluster.</summary>
    public void DeleteCluster(string cluster)
    {
        Prepared("DELETE FROM silos WHERE cluster=?1").Bind(1, cluster).Run();
        Prepared("DELETE FROM clusters WHERE id=?1").Bind(1, cluster).Run();
    }

    private bool HasMember(string cluster, SiloAddress address)
    {
        var select = Prepared("SELECT 1 FROM silos WHERE cluster=?1 AND address=?2").Bind(1, cluster).Bind(2, address.ToParsableString());
        var found = select.Step();
        select.Reset();
        return found;
    }

    private bool Advance(string cluster, TableVersion version)
    {
        Prepared("UPDATE clusters SET version=?2, etag=etag+1 WHERE id=?1 AND etag=?3")
            .Bind(1, cluster).Bind(2, version.Version).Bind(3, long.Parse(version.VersionEtag, CultureInfo.InvariantCulture)).Run();
        return Changes() == 1;
    }

    private bool Put(string cluster, MembershipEntry member)
    {
        Prepared("INSERT OR REPLACE INTO silos VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")
            .Bind(1, cluster).Bind(2, member.SiloAddress.ToParsableString())
            .Bind(3, (long)member.Status).Bind(4, member.ProxyPort)
            .Bind(5, member.HostName ?? "").Bind(6, member.SiloName ?? "")
            .Bind(7, member.StartTime.Ticks).Bind(8, member.IAmAliveTime.Ticks)
            .Bind(9, string.Join('|', (member.SuspectTimes ?? []).Select(vote => string.Create(CultureInfo.InvariantCulture, $"{vote.Item1.ToParsableString()}={vote.Item2.Ticks}"))))
            .Run();
        return true;
    }

    private static List<Tuple<SiloAddress, DateTime>> Suspicions(string text)
        => [.. text.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(vote => vote.Split('=')).Select(vote =>
            Tuple.Create(SiloAddress.FromParsableString(vote[0]), new DateTime(long.Parse(vote[1], CultureInfo.InvariantCulture), DateTimeKind.Utc)))];
}
