using System.Globalization;
using System.Text;
using Bandstand.Cli;
using Bandstand.Cli.Replay;
using Bandstand.Timesteps;

namespace Bandstand.Tests.Cli;

public sealed class ObservationFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(64, 1)]
    [InlineData(64, 4)]
    [InlineData(1_000, 2)]
    [InlineData(4_096, 3)]
    [InlineData(65_536, 2)]
    public void Neither_chunks_nor_workers_change_what_comes_out(int chunkSize, int workers)
    {
        var path = folder.Write(Rows(chunkSize == 1 ? 200 : 20_000), "rows.csv");
        using var expectedRows = new MemoryStream();
        using var rows = new MemoryStream();

        var expected = Fold(path, 1 << 24, 1, expectedRows);
        var actual = Fold(path, chunkSize, workers, rows);

        Assert.Equal(expected.Observations with { Alternatives = [] }, actual.Observations with { Alternatives = [] });
        foreach (var (a, b) in expected.Observations.Alternatives.Zip(actual.Observations.Alternatives))
        {
            Assert.Equal(a with { Targets = default }, b with { Targets = default });
            Assert.Equal(a.Targets.Count, b.Targets.Count);
            Assert.Equal(a.Targets.Moments.Mean, b.Targets.Moments.Mean, 1e-13 * Math.Abs(a.Targets.Moments.Mean));
            Assert.Equal(a.Targets.Moments.M2, b.Targets.Moments.M2, 1e-13 * a.Targets.Moments.M2);
        }

        Assert.Equal(expected.Rejected, actual.Rejected);
        Assert.Equal(expectedRows.ToArray(), rows.ToArray());
    }

    [Fact]
    public void Workers_that_meet_an_error_stop_each_other_and_name_its_line()
    {
        var path = folder.Write(string.Concat(Enumerable.Range(0, 5_000).Select(i => i == 0 ? "banner,target\n" : "0,1\n")) + "0,\"1\n", "rows.csv");

        var error = Assert.Throws<CommandException>(() => Fold(path, 256, 4, null));

        Assert.Contains("line 5001: a quoted field does not end", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_record_without_end_is_named_by_its_line_and_not_kept()
    {
        var path = folder.Write("banner,target\n0,1\n0,\"1" + new string('\n', 3 << 20), "rows.csv");

        var error = Assert.Throws<CommandException>(() => Fold(path, 4_096, 2, null));

        Assert.Contains("line 3: the record that begins here is longer than 1,048,576 bytes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_full_disk_under_the_collected_rows_ends_the_run()
    {
        var path = folder.Write(Rows(5_000), "rows.csv");

        Assert.Throws<CommandException>(() => Fold(path, 1_024, 3, new FullStream()));
    }

    private static FileContent Fold(string path, int chunkSize, int workers, Stream? raw) =>
        new ObservationFile(new AlternativeKeys(["0", "1"]), chunkSize, workers).Fold(path, 7, raw, CancellationToken.None)!;

    private static string Rows(int count)
    {
        var text = new StringBuilder("product,target,banner\n");
        var seed = 3u;
        for (var i = 0; i < count; i++)
        {
            seed = unchecked((seed * 1664525) + 1013904223);
            var target = (seed % 10_000 / 100.0).ToString(CultureInfo.InvariantCulture);
            text.Append((seed >> 28) switch
            {
                0 => $"\"a,\n\"\"b\"\"\",{target},{i % 2}\r\n",
                1 => $"c,{target},x\n",
                2 => "d\n\n",
                3 => $"e,,{i % 2}\n",
                _ => $"f,{target},{i % 2}\n",
            });
        }

        return text.ToString();
    }

    private sealed class FullStream : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) =>
            throw new IOException(Length == 0 && buffer.Length > 0 ? "No space left on device" : "");
    }
}
