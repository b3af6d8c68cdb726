using System.Reflection;
using System.Text;
using Bandstand.Assignment;
using Bandstand.Experiments;
using Bandstand.Grains;
using Bandstand.Grains.Wire;
using Bandstand.Participants;
using Bandstand.Statistics;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Bandstand.Tests.Cluster.Wire;

/// <summary>
/// Silos of two versions talk to each other while a cluster is updated: what travels keeps its aliases, its ids and its
/// bytes. The bytes are in Golden/wire.txt; one may be added, none may change.
/// </summary>
public sealed class WireFormatTests
{
    private static readonly Dictionary<string, string> Golden = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Golden", "wire.txt"))
        .Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split(' ')).ToDictionary(words => words[0], words => words[1], StringComparer.Ordinal);

    private static readonly ServiceProvider Services = new ServiceCollection().AddSerializer().BuildServiceProvider();

    public static TheoryData<string> Names() => new(WireCases.All.Select(one => one.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public void What_travels_has_the_bytes_that_it_always_had(string name)
    {
        var value = WireCases.All.First(one => one.Name == name).Value;
        Assert.True(value is not null, $"{name} has no sample in WireCases.");
        var serializer = Services.GetRequiredService<Serializer>();

        var bytes = serializer.SerializeToArray<object>(value);

        Assert.True(Golden.TryGetValue(name, out var golden), $"Golden/wire.txt has no {name}. Add: {name} {Convert.ToHexString(bytes)}");
        Assert.Equal(golden, Convert.ToHexString(bytes));
        Assert.Equal(bytes, serializer.SerializeToArray<object>(serializer.Deserialize<object>(Convert.FromHexString(golden))));
    }

    [Fact]
    public void No_golden_bytes_are_of_something_that_is_gone()
        => Assert.Empty(Golden.Keys.Except(WireCases.All.Select(one => one.Name)));

    [Fact]
    public void Every_type_has_an_alias_of_its_own_which_is_what_its_bytes_name()
    {
        var aliases = WireCases.Types.Concat(WireCases.Interfaces).Select(type => (type, Alias: type.GetCustomAttribute<AliasAttribute>()?.Alias)).ToList();

        Assert.All(aliases, one => Assert.True(one.Alias?.StartsWith("bandstand.", StringComparison.Ordinal) == true, $"{one.type} needs [Alias(\"bandstand.…\")]."));
        Assert.Equal(aliases.Count, aliases.DistinctBy(one => one.Alias).Count());
        foreach (var (type, alias) in aliases.Where(one => !one.type.IsInterface))
        {
            Assert.Contains(alias!, Encoding.Latin1.GetString(Convert.FromHexString(Golden[type.Name])), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_method_has_an_alias_which_is_what_a_call_names_beside_the_interfaces()
    {
        foreach (var type in WireCases.Interfaces)
        {
            var aliases = type.GetMethods().Select(method => (method.Name, Alias: method.GetCustomAttribute<AliasAttribute>()?.Alias)).ToList();

            Assert.All(aliases, one => Assert.True(one.Alias is not null, $"{type.Name}.{one.Name} needs an [Alias]."));
            Assert.Equal(aliases.Count, aliases.DistinctBy(one => one.Alias).Count());
            foreach (var (name, alias) in aliases)
            {
                var bytes = Encoding.Latin1.GetString(Convert.FromHexString(Golden[$"{type.Name}.{name}"]));
                Assert.Contains($"[{type.GetCustomAttribute<AliasAttribute>()!.Alias}]", bytes, StringComparison.Ordinal);
                Assert.Contains($",\"{alias}\")", bytes, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Every_member_of_a_type_has_an_id_of_its_own()
    {
        foreach (var type in WireCases.Types)
        {
            var members = type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Where(property => property.GetMethod!.IsDefined(typeof(System.Runtime.CompilerServices.CompilerGeneratedAttribute)));
            var ids = members.Select(member => (member.Name, member.GetCustomAttribute<IdAttribute>()?.Id)).ToList();

            Assert.All(ids, one => Assert.True(one.Id is not null, $"{type.Name}.{one.Name} needs an [Id], or it is lost on the way."));
            Assert.Equal(ids.Count, ids.DistinctBy(one => one.Id).Count());
        }
    }

    [Fact]
    public void Grains_have_names_that_outlive_their_classes()
    {
        var grains = typeof(GrainHosting).Assembly.GetTypes().Where(type => typeof(Grain).IsAssignableFrom(type) && !type.IsAbstract);

        Assert.Equal(
            ["bandstand-catalogue", "bandstand-experiment", "bandstand-metrics", "bandstand-shard", "bandstand-timestep"],
            grains.Select(type => type.GetCustomAttribute<GrainTypeAttribute>()?.GetGrainType(Services, type).ToString() ?? type.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Packed_questions_and_answers_have_the_bytes_that_they_always_had()
    {
        var questions = AssignMany.Write([new ShardQuestion(0x0123456789ABCDEF, 9_999, -1, (ShardQuestionFlags)3, 1_700_000_000_000)]);
        var answers = AssignMany.Write([new ShardAnswer(AssignmentReason.Sticky, 1, 258, 2, true)]);

        Assert.Equal("EFCDAB89674523010068E5CF8B0100000F27FFFF03000000", Convert.ToHexString(questions));
        Assert.Equal("0401020102010000", Convert.ToHexString(answers));
    }

    [Fact]
    public void Statistics_have_the_bytes_that_they_always_had()
    {
        var statistics = new ShardStatistics(
            [new MetricSlot("signup", MetricKind.Conversion, true)],
            1,
            [new EpochStatistics(3, [new AlternativeStatistics(7, [new MetricStatistics(2, 5, new Moments(7, 0.5, 0.25))])])]);

        Assert.Equal(
            "010101067369676E75700001000103010700000000000000010200000000000000000000000000144007000000000000000000"
            + "00000000E03F000000000000D03F00",
            Convert.ToHexString(ShardStatisticsCodec.Write(statistics)));
    }
}
