using Bandstand.Benchmarks.Pictures;
using Bandstand.Cli.Charts;

namespace Bandstand.Tests.Statistics;

public class PictureTests
{
    public static TheoryData<string> Names() => [.. DocumentPictures.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_picture_of_the_docs_is_what_eng_pictures_draws(string name)
    {
        var committed = File.ReadAllText(Path.Combine(Repository.Root, "docs", "pictures", name)).ReplaceLineEndings("\n");

        Assert.True(committed == SvgChart.Draw(DocumentPictures.All[name]()), $"docs/pictures/{name} is not what the functions say now: run eng/pictures and look at it.");
    }

    [Fact]
    public void Every_picture_is_shown()
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "docs", "statistics.md"));

        Assert.All(DocumentPictures.All.Keys, name => Assert.Contains($"](pictures/{name})", text, StringComparison.Ordinal));
    }
}
