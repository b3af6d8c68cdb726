using System.Text;
using Bandstand.Participants;

namespace Bandstand.Tests.Participants;

public class IdentityKeyTests
{
    /// <summary>Aumasson and Bernstein (2012), appendix A: the 15 bytes 00 to 0e under the key 00 to 0f.</summary>
    [Fact]
    public void The_example_of_the_SipHash_paper_comes_out()
        => Assert.Equal(0xa129ca6149be45e5, IdentityKey.Of(Bytes(15), PaperKey));

    /// <summary>The first of the vectors that accompany the paper's reference implementation (vectors.h), lengths 0 to 8 and 63.</summary>
    [Theory]
    [InlineData(0, 0x726fdb47dd0e0e31)]
    [InlineData(1, 0x74f839c593dc67fd)]
    [InlineData(2, 0x0d6c8009d9a94f5a)]
    [InlineData(3, 0x85676696d7fb7e2d)]
    [InlineData(4, 0xcf2794e0277187b7)]
    [InlineData(5, 0x18765564cd99a68d)]
    [InlineData(6, 0xcbc9466e58fee3ce)]
    [InlineData(7, 0xab0200f58b01d137)]
    [InlineData(8, 0x93f5f5799a932462)]
    [InlineData(63, 0x958a324ceb064572)]
    public void The_published_vectors_come_out_at_every_length(int length, ulong expected)
        => Assert.Equal(expected, IdentityKey.Of(Bytes(length), PaperKey));

    [Fact]
    public void Another_secret_gives_another_key()
        => Assert.NotEqual(IdentityKey.Of("u1"u8, PaperKey), IdentityKey.Of("u1"u8, new SipKey(1, 2)));

    [Fact]
    public void Shards_get_even_shares_and_their_keys_spread_over_the_whole_table()
    {
        const int Shards = 16;
        var counts = new int[Shards];
        var upperHalf = new int[Shards];
        for (var i = 0; i < 160_000; i++)
        {
            var key = IdentityKey.Of(Encoding.UTF8.GetBytes($"user-{i}"), PaperKey);
            var shard = IdentityKey.Shard(key, Shards);
            counts[shard]++;
            upperHalf[shard] += (int)(key >> 63);
        }

        // Binomial: 10 000 ± 97 and 5 000 ± 50; five of those and more.
        Assert.All(counts, n => Assert.InRange(n, 9_500, 10_500));
        Assert.All(upperHalf, n => Assert.InRange(n, 4_700, 5_300));
    }

    private static readonly SipKey PaperKey = new(0x0706050403020100, 0x0f0e0d0c0b0a0908);

    private static byte[] Bytes(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)i)];
}
