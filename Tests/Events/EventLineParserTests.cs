using System.Globalization;
using System.Text;
using Bandstand.Events;

namespace Bandstand.Tests.Events;

public class EventLineParserTests
{
    [Fact]
    public void A_plain_track_is_read()
    {
        var read = Read("""{"metric":"signup","identity":"u1","value":2,"at":"2026-01-31T10:00:00Z","id":"e-1"}""");

        Assert.Equal("Track signup u1 2 2026-01-31T10:00:00.000Z e-1", read);
    }

    [Fact]
    public void A_track_without_value_and_time_counts_one_now()
    {
        Assert.Equal("Track signup u1 1 - -", Read("""{"metric":"signup","identity":"u1"}"""));
    }

    [Theory]
    [InlineData("""{"type":"exposure","experiment":"price","identity":"u1","alternative":"b","epoch":3}""", "Exposure price u1 b 3")]
    [InlineData("""{"type":"observation","experiment":"banner","timestep":7,"alternative":"1","value":0,"labels":{"product":"shoes"}}""", "Observation banner 7 1 0")]
    public void Exposures_and_observations_are_read(string line, string expected)
    {
        Assert.Equal(expected, Read(line));
    }

    [Theory]
    [InlineData("""{"metric":"si\u0067nup","identity":"Zo\u00eb","value":1.5e3}""", "Track signup Zoë 1500 - -")]
    [InlineData("""{"metric":"signup","identity":"日本","value":-2.5}""", "Track signup 日本 -2.5 - -")]
    [InlineData("""  { "identity" : "u\"1" , "metric" : "m" , "value" : null }  """, "Track m u\"1 1 - -")]
    [InlineData("""{"type":"track","metric":"m","identity":"u","value":0.1}""", "Track m u 0.1 - -")]
    [InlineData("""{"metric":"m","identity":"u","value":123456789012345678}""", "Track m u 1.2345678901234568E+17 - -")]
    public void Escapes_unicode_spaces_and_any_number_are_read_as_the_plain_case_is(string line, string expected)
    {
        Assert.Equal(expected, Read(line));
    }

    [Theory]
    [InlineData("2026-01-31T10:00:00Z", 1769853600000)]
    [InlineData("2026-01-31T10:00:00.5Z", 1769853600500)]
    [InlineData("2026-01-31T10:00:00.1234567Z", 1769853600123)]
    [InlineData("2026-01-31T11:30:00+01:30", 1769853600000)]
    [InlineData("2024-02-29T00:00:00Z", 1709164800000)]
    public void Times_with_a_zone_are_read_to_the_millisecond(string at, long expected)
    {
        Assert.True(EventTime.TryParse(Encoding.UTF8.GetBytes(at), out var unixMs));
        Assert.Equal(expected, unixMs);
    }

    [Theory]
    [InlineData("2026-01-31T10:00:00")]
    [InlineData("2026-02-29T10:00:00Z")]
    [InlineData("2026-01-31 10:00:00Z")]
    [InlineData("2026-13-01T10:00:00Z")]
    [InlineData("yesterday")]
    [InlineData("2026-01-31T10:00:00.Z1Z")]
    [InlineData("31/01/2026 10:00:00Z")]
    public void A_time_without_a_zone_or_that_never_was_is_refused(string at)
    {
        Assert.Equal("invalid-time", Read($$"""{"metric":"m","identity":"u","at":"{{at}}"}"""));
    }

    [Theory]
    [InlineData("""{"metric":"m"}""", "missing-field")]
    [InlineData("""{"identity":"u"}""", "missing-field")]
    [InlineData("""{"metric":"m","identity":""}""", "empty-field")]
    [InlineData("""{"metric":"m","identity":"u","identity":"v"}""", "duplicate-field")]
    [InlineData("""{"metric":"m","identity":"u","colour":"red"}""", "unknown-field")]
    [InlineData("""{"metric":"m","identity":7}""", "wrong-type")]
    [InlineData("""{"metric":"m","identity":"u","value":"1"}""", "wrong-type")]
    [InlineData("""{"metric":"m","identity":"u","value":1e999}""", "invalid-value")]
    [InlineData("""{"metric":"m","identity":"u","value":01}""", "malformed")]
    [InlineData("""{"metric":"m","identity":"u",}""", "malformed")]
    [InlineData("""{"metric":"m","identity":"u"} {}""", "malformed")]
    [InlineData("""["metric"]""", "malformed")]
    [InlineData("not json", "malformed")]
    [InlineData("""{"metric":"m","identity":"\ud800"}""", "invalid-text")]
    [InlineData("""{"type":"sale","metric":"m","identity":"u"}""", "unknown-type")]
    [InlineData("""{"metric":"m","identity":"u","experiment":"e"}""", "unexpected-field")]
    [InlineData("""{"type":"exposure","experiment":"e","identity":"u"}""", "missing-field")]
    [InlineData("""{"type":"exposure","experiment":"e","identity":"u","alternative":"a","metric":"m"}""", "unexpected-field")]
    [InlineData("""{"type":"observation","experiment":"e","alternative":"a","value":1}""", "missing-field")]
    [InlineData("""{"type":"observation","experiment":"e","timestep":-1,"alternative":"a","value":1}""", "wrong-type")]
    public void What_is_no_event_is_told_apart_by_code(string line, string code)
    {
        Assert.Equal(code, Read(line));
    }

    [Fact]
    public void An_identity_of_one_kilobyte_is_read_and_a_longer_one_is_refused()
    {
        Assert.StartsWith("Track m ", Read($$"""{"metric":"m","identity":"{{new string('x', 1024)}}"}"""), StringComparison.Ordinal);
        Assert.Equal("identity-too-long", Read($$"""{"metric":"m","identity":"{{new string('x', 1025)}}"}"""));
        Assert.Equal("line-too-long", Read($$"""{"metric":"m","identity":"{{new string('x', 70000)}}"}"""));
    }

    [Fact]
    public void Any_bytes_at_all_are_an_event_or_a_fault_and_never_an_exception()
    {
        var seed = 7u;
        var template = Encoding.UTF8.GetBytes("""{"metric":"signup","identity":"u1","value":1.25,"at":"2026-01-31T10:00:00Z","id":"e-1"}""");
        for (var run = 0; run < 20_000; run++)
        {
            var line = template.ToArray();
            for (var change = 0; change < 3; change++)
            {
                seed = (seed * 1664525) + 1013904223;
                line[(seed >> 8) % line.Length] = (byte)(seed >> 24);
            }

            var good = new EventLineParser().TryParse(line, out _, out var fault);

            Assert.True(good == (fault.Code is null));
        }
    }

    private static string Read(string line)
    {
        if (!new EventLineParser().TryParse(Encoding.UTF8.GetBytes(line), out var parsed, out var fault))
        {
            return fault.Code;
        }

        string Text(ReadOnlySpan<byte> utf8) => utf8.IsEmpty ? "-" : Encoding.UTF8.GetString(utf8);
        var value = parsed.Value.ToString(CultureInfo.InvariantCulture);
        return parsed.Type switch
        {
            EventType.Track => $"Track {Text(parsed.Metric)} {Text(parsed.Identity)} {value} {Time(parsed.At)} {Text(parsed.Id)}",
            EventType.Exposure => $"Exposure {Text(parsed.Experiment)} {Text(parsed.Identity)} {Text(parsed.Alternative)} {parsed.Epoch}",
            _ => $"Observation {Text(parsed.Experiment)} {parsed.Timestep} {Text(parsed.Alternative)} {value}",
        };
    }

    private static string Time(long unixMs) => unixMs == long.MinValue
        ? "-"
        : DateTimeOffset.FromUnixTimeMilliseconds(unixMs).UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}
