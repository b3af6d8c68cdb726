using System.Text;
using Bandstand.Assignment;

namespace Bandstand.Tests.Assignment;

public class IdentityTests
{
    [Theory]
    [InlineData("u1")]
    [InlineData(" ")]
    [InlineData("👩‍👩‍👧")]
    [InlineData("\u0000")]
    public void Any_Unicode_text_is_an_identity(string identity)
    {
        Assert.Null(Identity.Check(identity));
        Assert.Null(Identity.Check(Encoding.UTF8.GetBytes(identity)));
    }

    [Fact]
    public void Half_a_surrogate_pair_is_refused()
    {
        // Not as InlineData: attributes are stored as UTF-8, which has no half pairs.
        foreach (var identity in new[] { "\ud800", "a\udc00b", "\udc00\ud800" })
        {
            Assert.Equal("identity-invalid-unicode", Identity.Check(identity)?.Code);
        }
    }

    [Fact]
    public void Broken_UTF_8_is_refused()
    {
        Assert.Equal("identity-invalid-unicode", Identity.Check([0xC3])?.Code);
        Assert.Equal("identity-invalid-unicode", Identity.Check([0xED, 0xA0, 0x80])?.Code);
    }

    [Fact]
    public void Nothing_is_no_identity()
    {
        Assert.Equal("identity-empty", Identity.Check((string?)null)?.Code);
        Assert.Equal("identity-empty", Identity.Check(string.Empty)?.Code);
        Assert.Equal("identity-empty", Identity.Check(ReadOnlySpan<byte>.Empty)?.Code);
    }

    [Fact]
    public void An_identity_has_at_most_1024_bytes_of_UTF_8()
    {
        Assert.Null(Identity.Check(new string('a', 1024)));
        Assert.Null(Identity.Check(new string('é', 512)));
        Assert.Equal("identity-too-long", Identity.Check(new string('a', 1025))?.Code);
        Assert.Equal("identity-too-long", Identity.Check(new string('é', 513))?.Code);
        Assert.Equal("identity-too-long", Identity.Check(new byte[1025])?.Code);
    }

    [Fact]
    public void Encoding_writes_the_UTF_8()
    {
        var buffer = new byte[Identity.MaxBytes];
        Assert.Null(Identity.Encode("né", buffer, out var written));
        Assert.Equal("né", Encoding.UTF8.GetString(buffer, 0, written));
    }
}
