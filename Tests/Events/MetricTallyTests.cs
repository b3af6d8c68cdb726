using System.Text;
using Bandstand.Events;

namespace Bandstand.Tests.Events;

public class MetricTallyTests
{
    [Fact]
    public void A_tally_comes_back_from_its_bytes()
    {
        var router = new EventRouter();
        var body = """
            {"metric":"sale","identity":"u1","value":2.5}
            {"metric":"visit","identity":"u1"}
            {"metric":"sale","identity":"u2","value":4,"at":"2026-01-30T23:59:59Z"}
            {"metric":"sale","identity":"u2","value":0.1,"id":"order-1"}
            """;
        router.Route(new EventBatch(Encoding.UTF8.GetBytes(body), EventFormat.Lines, new ProducerSequence("web", 7)), EventRoutes.Empty, 1769860800000);

        var read = MetricTally.Read(router.Tally.ToBytes());

        Assert.Equal((router.Tally.Producer, 7L), (read.Producer, read.Sequence));
        Assert.Equal(router.Tally.Metrics, read.Metrics);
        Assert.Equal(router.Tally.Sums, read.Sums);
        Assert.Equal(router.Tally.Identified, read.Identified);
        Assert.Equal(3, read.Sums.Count);
        Assert.Single(read.Identified);
    }

    [Fact]
    public void A_tally_of_another_version_is_refused()
        => Assert.Throws<InvalidDataException>(() => MetricTally.Read([9]));
}
