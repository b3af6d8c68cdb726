using System.Net;
using Bandstand.Silo.Providers.Sqlite;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Bandstand.Tests.Cluster.Silo;

public sealed class SqliteMembershipTableTests : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly List<IDisposable> open = [];

    public void Dispose()
    {
        open.ForEach(resource => resource.Dispose());
        folder.Dispose();
    }

    [Fact]
    public async Task A_new_table_is_empty()
    {
        var table = await Started(1);

        var all = await table.ReadAll();

        Assert.Empty(all.Members);
        Assert.Equal(0, all.Version.Version);
    }

    [Fact]
    public async Task A_member_is_read_back_as_it_was_written()
    {
        var (table, other) = (await Started(1), await Started(2));
        var member = Member(1);
        member.SuspectTimes = [Tuple.Create(Address(2), Noon), Tuple.Create(Address(3), Noon.AddSeconds(1))];
        Assert.True(await table.InsertRow(member, (await table.ReadAll()).Version.Next()));

        var (read, _) = (await other.ReadAll()).Members.Single();

        Assert.Equal(member.ToFullString(), read.ToFullString());
        Assert.Equal(1, (await other.ReadRow(member.SiloAddress)).Version.Version);
        Assert.Empty((await other.ReadRow(Address(9))).Members);
    }

    [Fact]
    public async Task Of_two_writers_that_read_the_same_version_one_must_read_again()
    {
        var (one, two) = (await Started(1), await Started(2));
        var version = (await one.ReadAll()).Version;

        Assert.True(await one.InsertRow(Member(1), version.Next()));
        Assert.False(await two.InsertRow(Member(2), version.Next()));
        Assert.True(await two.InsertRow(Member(2), (await two.ReadAll()).Version.Next()));
        Assert.False(await two.InsertRow(Member(2), (await two.ReadAll()).Version.Next()));
        Assert.Equal(2, (await one.ReadAll()).Version.Version);
    }

    [Fact]
    public async Task A_member_is_replaced_only_from_the_version_that_was_read()
    {
        var table = await Started(1);
        await table.InsertRow(Member(1), (await table.ReadAll()).Version.Next());
        var row = await table.ReadRow(Address(1));
        var (member, etag) = row.Members.Single();
        member.Status = SiloStatus.Active;

        Assert.True(await table.UpdateRow(member, etag, row.Version.Next()));
        Assert.False(await table.UpdateRow(member, etag, row.Version.Next()));
        Assert.Equal(SiloStatus.Active, (await table.ReadAll()).Members.Single().Item1.Status);
    }

    [Fact]
    public async Task Being_alive_is_no_change_of_the_membership()
    {
        var table = await Started(1);
        await table.InsertRow(Member(1), (await table.ReadAll()).Version.Next());
        var before = await table.ReadAll();
        var member = Member(1);
        member.IAmAliveTime = Noon.AddMinutes(3);
        await table.UpdateIAmAlive(member);

        var after = await table.ReadAll();
        Assert.Equal(Noon.AddMinutes(3), after.Members.Single().Item1.IAmAliveTime);
        Assert.Equal(before.Version, after.Version);
    }

    [Fact]
    public async Task Ended_members_are_forgotten_and_active_ones_are_not()
    {
        var table = await Started(1);
        foreach (var (silo, status) in new[] { (1, SiloStatus.Active), (2, SiloStatus.Dead) })
        {
            var member = Member(silo);
            member.Status = status;
            await table.InsertRow(member, (await table.ReadAll()).Version.Next());
        }

        await table.CleanupDefunctSiloEntries(new DateTimeOffset(Noon.AddDays(1)));

        Assert.Equal(Address(1), (await table.ReadAll()).Members.Single().Item1.SiloAddress);
    }

    [Fact]
    public async Task Who_lost_its_process_is_dead_for_the_next_to_start_and_who_lives_is_not()
    {
        var (one, two) = (await Started(1), await Started(2));
        foreach (var (table, silo) in new[] { (one, 1), (two, 2) })
        {
            var member = Member(silo);
            member.Status = SiloStatus.Active;
            Assert.True(await table.InsertRow(member, (await table.ReadAll()).Version.Next()));
        }

        locks[0].Dispose();
        var three = await Started(3);

        var statuses = (await three.ReadAll()).Members.ToDictionary(member => member.Item1.SiloAddress, member => member.Item1.Status);
        Assert.Equal(SiloStatus.Dead, statuses[Address(1)]);
        Assert.Equal(SiloStatus.Active, statuses[Address(2)]);
    }

    private static readonly DateTime Noon = new(2026, 1, 31, 12, 0, 0, DateTimeKind.Utc);
    private readonly List<SiloLocks> locks = [];

    private static SiloAddress Address(int silo) => SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 11110 + silo), 7);

    private static MembershipEntry Member(int silo) => new()
    {
        SiloAddress = Address(silo), SiloName = $"silo {silo}", HostName = "here", Status = SiloStatus.Joining, ProxyPort = 30000, StartTime = Noon, IAmAliveTime = Noon,
    };

    private async Task<SqliteMembershipTable> Started(int silo)
    {
        var database = new SiloDatabase(folder.Path);
        locks.Add(new SiloLocks(folder.Path));
        open.Add(database);
        open.Add(locks[^1]);
        var table = new SqliteMembershipTable(database, new Self(Address(silo)), locks[^1], Options.Create(new ClusterOptions { ClusterId = "bandstand" }));
        await table.InitializeMembershipTable(true);
        return table;
    }

    private sealed class Self(SiloAddress address) : ILocalSiloDetails
    {
        public string Name => "self";

        public string ClusterId => "bandstand";

        public string DnsHostName => "here";

        public SiloAddress SiloAddress => address;

        public SiloAddress GatewayAddress => address;
    }
}
