using System.Globalization;
using System.Text;
using Bandstand.Timesteps;
using Bandstand.Timesteps.Csv;

namespace Bandstand.Tests.Timesteps;

public sealed class ObservationCsvTests
{
    [Fact]
    public void Columns_go_by_name_in_any_order_and_others_are_ignored()
    {
        var read = Read("target,time,banner,x\n1.0,2019,0,a\n0.0,2019,1,b\n");

        Assert.Equal(2, read.Rows);
        Assert.Equal(1, read.Alternatives[0].Targets.Sum);
        Assert.Equal(0, read.Alternatives[1].Targets.Sum);
    }

    [Theory]
    [InlineData("banner,target\n0,1\n1,0.5")]
    [InlineData("banner,target\r\n0,1\r\n1,0.5\r\n")]
    [InlineData("\"banner\",\"target\"\n\"0\",\"1\"\n\"1\",\"0.5\"\n")]
    [InlineData("\uFEFFbanner,target\n0,1.0\n\n1,5e-1\n\r\n")]
    [InlineData(" banner , target \n 0 , 1 \n+1, +.5 \n")]
    [InlineData("a,banner,target\n\"x, \"\"new\"\"\nline\",0,1\n\"\",1,0.50\n")]
    [InlineData("a,banner,target\n5\" wide,0,1\nplain,1,0.5,more,\"and, more\"\n")]
    public void The_same_table_in_other_spellings_reads_the_same(string csv)
    {
        var read = Read(csv);

        Assert.Equal((2, 0, 0), (read.Rows, read.Rejected, read.NullTargets));
        Assert.Equal((1, 1.0), (read.Alternatives[0].Targets.Count, read.Alternatives[0].Targets.Sum));
        Assert.Equal((1, 0.5), (read.Alternatives[1].Targets.Count, read.Alternatives[1].Targets.Sum));
    }

    [Theory]
    [InlineData("")]
    [InlineData("banner,target")]
    [InlineData("banner,target\n")]
    public void Nothing_and_only_a_header_are_no_rows(string csv) => Assert.Equal(0, Read(csv).Rows);

    [Fact]
    public void Rows_that_cannot_be_read_are_counted_and_named_by_line()
    {
        var fold = Fold("banner,product,target\n0,a,1\n,b,1\nx,c,1\n1.5,\"d\ne\",1\n1,f,abc\n0,g\n1,h,1e39\n0,i,NaN\n1,j,0\n", Numbers);
        var read = fold.ToObservations();

        Assert.Equal((9, 7), (read.Rows, read.Rejected));
        Assert.Equal([3, 4, 5, 7, 8, 9, 10], fold.Rejected.Select(x => x.Line));
        Assert.Equal(
            [
                RejectedRow.BannerNotANumber, RejectedRow.BannerNotANumber, RejectedRow.BannerNotANumber, RejectedRow.TargetNotANumber,
                RejectedRow.MissingField, RejectedRow.TargetOutOfRange, RejectedRow.TargetNotANumber,
            ],
            fold.Rejected.Select(x => x.Code));
        Assert.Equal("target 'abc' is not a finite number", fold.Rejected[3].Detail);
    }

    [Fact]
    public void Only_the_first_hundred_rejected_rows_are_described()
    {
        var fold = Fold("banner,target\n" + string.Concat(Enumerable.Repeat("x,1\n", 250)), Numbers);

        Assert.Equal(250, fold.ToObservations().Rejected);
        Assert.Equal(RejectedRow.MaximumDescribed, fold.Rejected.Count);
        Assert.Equal(101, fold.Rejected[^1].Line);
    }

    [Fact]
    public void An_empty_target_counts_as_a_row_without_target()
    {
        var read = Read("banner,target\n0,\n0, \n0,\"\"\n1,1\n");

        Assert.Equal((4, 0, 3), (read.Rows, read.Rejected, read.NullTargets));
        Assert.Equal((3, 3, 0), (read.Alternatives[0].Rows, read.Alternatives[0].NullTargets, read.Alternatives[0].Targets.Count));
    }

    [Fact]
    public void A_whole_number_that_is_no_alternative_is_unexpected_and_a_name_is_rejected()
    {
        var read = Read("banner,target\n0,1\n2,1\n99999999999999999999,\n-1,0\n");

        Assert.Equal((4, 0, 3), (read.Rows, read.Rejected, read.Unexpected));
        Assert.Equal("2", read.UnexpectedBanner);

        var names = Fold("banner,target\nred,1\nblue,0\ngreen,1\n2,1\n", new AlternativeKeys(["red", "blue"]));
        Assert.Equal((4, 2, 0), (names.ToObservations().Rows, names.ToObservations().Rejected, names.ToObservations().Unexpected));
        Assert.All(names.Rejected, x => Assert.Equal(RejectedRow.UnknownAlternative, x.Code));
    }

    [Theory]
    [InlineData("banner,product,value\n0,a,1\n", ObservationCsvException.MissingColumn, "line 1: column 'target' is missing; the header is 'banner,product,value'")]
    [InlineData("Banner,target\n0,1\n", ObservationCsvException.MissingColumn, "rename 'Banner' to 'banner'")]
    [InlineData("banner;target\n0;1\n", ObservationCsvException.MissingColumn, "separate the columns by commas")]
    [InlineData("\nbanner,target\n0,1\n", ObservationCsvException.MissingColumn, "the first line is blank")]
    [InlineData("banner,target,target\n0,1,1\n", ObservationCsvException.DuplicateColumn, "keep one of them")]
    [InlineData("banner,target\n0,1\n1,\"0\n0,1\n", ObservationCsvException.UnclosedQuote, "line 3: a quoted field does not end")]
    public void A_text_that_is_no_table_of_observations_is_refused_with_line_and_remedy(string csv, string code, string message)
    {
        var error = Assert.Throws<ObservationCsvException>(() => Read(csv));

        Assert.Equal(code, error.Code);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_quote_that_is_not_closed_does_not_fill_the_memory()
    {
        var reader = new ObservationCsvReader(new ObservationFold(Numbers));
        reader.Append("banner,target\n0,1\n0,\"1\n"u8);
        var piece = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("1,0\n", 4_096)));

        var error = Assert.Throws<ObservationCsvException>(() =>
        {
            for (var i = 0; i < 1_000; i++)
            {
                reader.Append(piece);
            }
        });

        Assert.Equal((ObservationCsvException.RecordTooLong, 3), (error.Code, error.Line));
    }

    [Fact]
    public void Text_of_another_encoding_is_named()
    {
        var error = Assert.Throws<ObservationCsvException>(
            () => CsvHeader.Parse([0xFF, 0xFE, .. Encoding.Unicode.GetBytes("banner,target\n")], out _, out _));

        Assert.Equal(ObservationCsvException.NotUtf8, error.Code);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(63)]
    [InlineData(1_000)]
    [InlineData(100_000)]
    public void Pieces_cut_anywhere_read_the_same(int size)
    {
        var text = Encoding.UTF8.GetBytes(Messy(3_000));
        var whole = new ObservationFold(Numbers);
        ReadInto(whole, text);

        var fold = new ObservationFold(Numbers);
        var reader = new ObservationCsvReader(fold);
        foreach (var piece in text.Chunk(size))
        {
            reader.Append(piece);
        }

        reader.Complete();
        AssertSame(whole, fold);
    }

    [Fact]
    public void The_fast_way_and_the_exact_way_read_the_same()
    {
        var text = Messy(5_000);
        var quoteless = text.Replace("\"", "", StringComparison.Ordinal);
        var fast = new ObservationFold(Numbers);
        ReadInto(fast, Encoding.UTF8.GetBytes(quoteless));

        // A quote in the last row sends the whole text the exact way.
        var exact = new ObservationFold(Numbers);
        ReadInto(exact, Encoding.UTF8.GetBytes(quoteless + "9,\"\"\n"));
        var expected = new ObservationFold(Numbers);
        ReadInto(expected, Encoding.UTF8.GetBytes(quoteless + "9,\n"));

        AssertSame(expected, exact);
        Assert.Equal(fast.ToObservations().Alternatives, exact.ToObservations().Alternatives);
    }

    [Fact]
    public void Whatever_the_bytes_are_pieces_read_the_same_as_the_whole()
    {
        const string Alphabet = "01 1,,,,\n\n\r\"\".-xé";
        var seed = 1u;
        for (var i = 0; i < 3_000; i++)
        {
            var text = new StringBuilder(i % 2 == 0 ? "banner,target\n" : "x,target,banner\r\n");
            for (var length = i % 200; length > 0; length--)
            {
                seed = unchecked((seed * 1664525) + 1013904223);
                text.Append(Alphabet[(int)((seed >> 16) % Alphabet.Length)]);
            }

            var bytes = Encoding.UTF8.GetBytes(text.ToString());
            Assert.Equal(Outcome(bytes, bytes.Length), Outcome(bytes, 1 + (i % 7)));
        }
    }

    [Fact]
    public void Rows_of_thousands_of_fields_are_read_between_others()
    {
        var wide = "0,1" + new string(',', 20_000);
        var read = Read($"banner,target\n1,0\n{wide}\n1,1\n{wide}\n");

        Assert.Equal((4, 2, 2), (read.Rows, read.Alternatives[0].Targets.Count, read.Alternatives[1].Targets.Count));
    }

    [Fact]
    public void Targets_read_as_the_library_reads_them()
    {
        var seed = 7u;
        for (var i = 0; i < 20_000; i++)
        {
            seed = unchecked((seed * 1664525) + 1013904223);
            var text = (i % 4) switch
            {
                0 => (seed / 1000.0).ToString(CultureInfo.InvariantCulture),
                1 => (-(seed % 100_000) / 100.0).ToString("F2", CultureInfo.InvariantCulture),
                2 => $"{seed}{seed}.{seed % 97}",
                _ => $".{seed}e-{seed % 20}",
            };

            Assert.True(TargetText.TryRead(Encoding.UTF8.GetBytes(text), out var value), text);
            Assert.Equal(double.Parse(text, CultureInfo.InvariantCulture), value);
        }
    }

    [Theory]
    [InlineData("1.")]
    [InlineData("-.5")]
    [InlineData("-0")]
    [InlineData("000000000000000001.5")]
    [InlineData("999999999999999")]
    [InlineData("9007199254740993")]
    [InlineData("0.1234567890123456789")]
    public void Unusual_numbers_read_as_the_library_reads_them(string text)
    {
        Assert.True(TargetText.TryRead(Encoding.UTF8.GetBytes(text), out var value));
        Assert.Equal(BitConverter.DoubleToInt64Bits(double.Parse(text, CultureInfo.InvariantCulture)), BitConverter.DoubleToInt64Bits(value));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("-")]
    [InlineData("--1")]
    [InlineData("1.2.3")]
    [InlineData("0x1")]
    [InlineData("1,0")]
    [InlineData("Infinity")]
    [InlineData("NaN")]
    [InlineData("1e999")]
    public void What_is_no_finite_number_is_not_read(string text) => Assert.False(TargetText.TryRead(Encoding.UTF8.GetBytes(text), out _));

    [Fact]
    public void Targets_are_rounded_to_32_bits_only_where_that_is_asked_for()
    {
        var single = new ObservationFold(Numbers);
        var full = new ObservationFold(Numbers, singlePrecision: false);
        foreach (var fold in new[] { single, full })
        {
            ReadInto(fold, "banner,target\n0,0.1\n"u8.ToArray());
            Assert.True(fold.Add("1", 0.1, 1));
        }

        Assert.All(single.ToObservations().Alternatives, x => Assert.Equal((double)0.1f, x.Targets.Sum));
        Assert.All(full.ToObservations().Alternatives, x => Assert.Equal(0.1, x.Targets.Sum));
    }

    private static AlternativeKeys Numbers { get; } = new(["0", "1"]);

    private static TimestepObservations Read(string csv) => Fold(csv, Numbers).ToObservations();

    private static ObservationFold Fold(string csv, AlternativeKeys keys)
    {
        var fold = new ObservationFold(keys);
        ReadInto(fold, Encoding.UTF8.GetBytes(csv));
        return fold;
    }

    private static string Outcome(byte[] text, int size)
    {
        var fold = new ObservationFold(Numbers);
        var reader = new ObservationCsvReader(fold);
        try
        {
            foreach (var piece in text.Chunk(size))
            {
                reader.Append(piece);
            }

            reader.Complete();
            return $"{fold.ToObservations()} {string.Join(' ', fold.ToObservations().Alternatives)} {string.Join(' ', fold.Rejected)}";
        }
        catch (ObservationCsvException error)
        {
            return error.Message;
        }
    }

    private static void ReadInto(ObservationFold fold, byte[] text)
    {
        var reader = new ObservationCsvReader(fold);
        reader.Append(text);
        reader.Complete();
    }

    private static void AssertSame(ObservationFold expected, ObservationFold actual)
    {
        var (a, b) = (expected.ToObservations(), actual.ToObservations());
        Assert.Equal(a with { Alternatives = [] }, b with { Alternatives = [] });
        Assert.Equal(a.Alternatives, b.Alternatives);
        Assert.Equal(expected.Rejected, actual.Rejected);
    }

    private static string Messy(int rows)
    {
        var text = new StringBuilder("product,banner,time,target\n");
        var seed = 11u;
        for (var i = 0; i < rows; i++)
        {
            seed = unchecked((seed * 1664525) + 1013904223);
            text.Append((seed >> 24) switch
            {
                < 8 => "\n",
                < 16 => $"short,{i % 2}\n",
                < 24 => $"\"quoted, \"\"{i}\"\"\nover lines\",{i % 2},t,1.0\r\n",
                < 32 => $"bad banner,x{i},t,0.0\n",
                < 40 => $"bad target,0,t,y{i}\n",
                < 48 => $"other,2,t,0.0,beyond,\n",
                < 64 => $"decimals,{i % 2},t,{seed % 1000 / 100m}\r\n",
                < 72 => $"null,{i % 2},t,\n",
                _ => $"plain,{i % 2},2019-02-01T00:00:00.000Z,{seed % 5 / 4}.0\n",
            });
        }

        return text.ToString();
    }
}
