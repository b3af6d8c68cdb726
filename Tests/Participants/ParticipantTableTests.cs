using System.Runtime.CompilerServices;
using Bandstand.Participants;

namespace Bandstand.Tests.Participants;

public class ParticipantTableTests
{
    /// <summary>Shifts that leave keys well mixed, crowded at the beginning of the table, and crowded at its end.</summary>
    public static TheoryData<ulong, ulong, int> Crowds => new()
    {
        { ulong.MaxValue, 0, 60_000 },
        { 0x3ff, 0, 3_000 },
        { 0x3ff, 0xffff_ffff_ffff_fc00, 3_000 },
        { 0xfff, 0x7fff_ffff_ffff_f000, 5_000 },
        { 0x3fff, 0, 30_000 },
    };

    [Theory]
    [MemberData(nameof(Crowds))]
    public void It_holds_what_a_sorted_dictionary_holds(ulong mask, ulong high, int operations)
    {
        var random = new System.Random(7);
        var table = new ParticipantTable(3);
        var model = new SortedDictionary<ulong, uint>();
        for (var i = 0; i < operations; i++)
        {
            var key = ((ulong)random.NextInt64() * 2 & mask) | high | 1;
            if (random.Next(10) < 3 && model.Count > 0 && random.Next(2) == 0)
            {
                key = model.Keys.ElementAt(random.Next(Math.Min(50, model.Count)));
            }

            ref var row = ref table.Find(key, out var place);
            Assert.Equal(model.ContainsKey(key), !Unsafe.IsNullRef(ref row));
            if (Unsafe.IsNullRef(ref row))
            {
                row = ref table.Insert(key, place);
                Assert.Equal(0u, Unsafe.Add(ref row, 2));
                Unsafe.Add(ref row, 2) = (uint)i;
                model[key] = (uint)i;
            }
            else if (random.Next(3) == 0)
            {
                table.Remove(key);
                model.Remove(key);
            }
            else
            {
                Assert.Equal(model[key], Unsafe.Add(ref row, 2));
            }

            Assert.Equal(model.Count, table.Count);
        }

        Assert.Equal(model, Content(table));
    }

    [Fact]
    public void Its_order_is_that_of_the_keys_whatever_the_history()
    {
        var keys = Enumerable.Range(0, 2_000).Select(ShardFixture.Key).ToArray();
        var (one, other) = (Filled(keys), Filled(keys.Reverse()));
        Assert.Equal(Content(one).Keys.ToArray(), Content(other).Keys.ToArray());
        Assert.Equal(keys.Order(), Content(one).Keys);
    }

    [Fact]
    public void Longer_rows_keep_what_they_held()
    {
        var keys = Enumerable.Range(0, 2_000).Select(ShardFixture.Key).ToArray();
        var table = Filled(keys);
        var before = Content(table);
        table.Widen(6);
        Assert.Equal(6, table.RowWords);
        Assert.Equal(before, Content(table));
        for (var at = table.Next(0); at >= 0; at = table.Next(at + 1))
        {
            Assert.Equal([0u, 0u, 0u], table.Row(at)[3..].ToArray());
        }
    }

    [Fact]
    public void Appending_in_order_gives_the_same_as_inserting()
    {
        foreach (var keys in new[] { [.. Enumerable.Range(0, 5_000).Select(ShardFixture.Key)], Enumerable.Range(1, 500).Select(i => ulong.MaxValue - (ulong)i).ToArray() })
        {
            var table = new ParticipantTable(3);
            table.Reserve(keys.Length);
            nint last = 0;
            foreach (var key in keys.Order())
            {
                Unsafe.Add(ref table.Append(key, ref last), 2) = (uint)Array.IndexOf(keys, key);
            }

            Assert.Equal(Content(Filled(keys)), Content(table));
        }
    }

    [Fact]
    public void It_takes_no_more_than_1_9_rows_a_participant_once_it_is_large()
    {
        var table = new ParticipantTable(5);
        for (var i = 0; i < 300_000; i++)
        {
            Add(table, ShardFixture.Key(i), 1);
            Assert.True(i < 10_000 || table.MemoryBytes <= 1.9 * 20 * (i + 1), $"{table.MemoryBytes} bytes for {i + 1} rows");
        }
    }

    private static void Add(ParticipantTable table, ulong key, uint value)
    {
        Assert.True(Unsafe.IsNullRef(ref table.Find(key, out var place)));
        Unsafe.Add(ref table.Insert(key, place), 2) = value;
    }

    private static ParticipantTable Filled(IEnumerable<ulong> keys)
    {
        var table = new ParticipantTable(3);
        uint number = 0;
        foreach (var key in keys)
        {
            Add(table, key, number++);
        }

        return table;
    }

    private static SortedDictionary<ulong, uint> Content(ParticipantTable table)
    {
        var content = new SortedDictionary<ulong, uint>();
        for (var at = table.Next(0); at >= 0; at = table.Next(at + 1))
        {
            content.Add(ParticipantTable.KeyOf(table.Row(at)), table.Row(at)[2]);
        }

        return content;
    }
}
