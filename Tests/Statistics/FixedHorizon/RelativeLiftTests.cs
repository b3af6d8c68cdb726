using System.Text.Json;
using Bandstand.Statistics;
using Bandstand.Statistics.Distributions;
using Bandstand.Statistics.FixedHorizon;

namespace Bandstand.Tests.Statistics.FixedHorizon;

public class RelativeLiftTests
{
    [Fact]
    public void Every_row_agrees_to_1e_9_and_unbounded_is_said_and_not_printed_as_a_number()
    {
        foreach (var row in GoldenFigures.Cases("relative-lift"))
        {
            var (treatment, control) = (Sample(row, "treatment"), Sample(row, "control"));
            var (tv, cv) = (treatment.Variance!.Value / treatment.Count, control.Variance!.Value / control.Count);
            GoldenFigures.Agree(row.Number("lift"), RelativeLift.Of(treatment.Mean, control.Mean).Value, 1e-9, row, "lift");
            GoldenFigures.Agree(row.Number("seDelta"), RelativeLift.DeltaStandardError(treatment.Mean, tv, control.Mean, cv).Value, 1e-9, row, "delta");
            var fieller = RelativeLift.Fieller(treatment.Mean, tv, control.Mean, cv, Normal.UpperQuantile(0.025));
            Assert.Equal(row.GetProperty("fiellerBounded").GetBoolean(), fieller.IsAvailable);
            if (fieller.IsAvailable)
            {
                GoldenFigures.Agree(row.Interval("fieller95"), fieller.Value, 1e-9, row, "Fieller");
            }
            else
            {
                Assert.Equal("unbounded", fieller.Reason!.Code);
            }
        }
    }

    [Fact]
    public void Fiellers_interval_excludes_no_lift_exactly_when_the_test_of_the_difference_rejects()
    {
        var control = Moments.FromSummary(100, 5, 3);
        for (var mean = 4.0; mean < 6.5; mean += 0.01)
        {
            var treatment = Moments.FromSummary(120, mean, 2.5);
            var test = WelchTest.Compare(treatment, control).Value;
            var interval = RelativeLift.Fieller(mean, treatment.Variance!.Value / 120, 5, control.Variance!.Value / 100, test.Critical(0.95)).Value;
            Assert.Equal(test.PTwoSided < 0.05, !interval.Contains(0));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-2)]
    public void A_control_that_is_not_above_zero_has_no_lift(double control)
        => Assert.Equal("control-not-positive", RelativeLift.Fieller(1, 0.1, control, 0.1, 2).Reason!.Code);

    private static Moments Sample(JsonElement row, string arm)
    {
        var summary = row.GetProperty(arm);
        return Moments.FromSummary(summary.GetProperty("n").GetInt64(), summary.Number("mean"), summary.Number("sd"));
    }
}
