using Bandstand.Experiments;
using Bandstand.Simulation;
using Bandstand.Statistics.Bayes;

namespace Bandstand.Benchmarks.Bandits;

/// <summary>
/// The bandits of the textbooks, to be compared with: a decision for every participant, on all that was seen up to that moment, whoever came
/// a second ago counting as one who does not convert. No epochs, no burn-in, nothing fades.
/// </summary>
/// <param name="topTwo">False: Thompson sampling (Thompson 1933). True: top-two Thompson sampling with β = ½ (Russo 2020).</param>
/// <param name="floor">The least probability of each alternative: so often one is drawn blindly.</param>
internal sealed class TextbookBandit(bool topTwo, double floor = 0)
{
    // Draws until another alternative leads end here; from then on the law of those draws is computed.
    private const int MostDraws = 100;

    /// <summary>Plays a run: what is lost against the best alternative of each moment.</summary>
    /// <param name="scenario">The world. Of conversions rates have uniform priors; of values means are normal with what was seen of their spread.</param>
    /// <param name="name">The run's name; the same people come as in a <see cref="Simulator"/> of this name.</param>
    public double Regret(SimulationScenario scenario, string name)
    {
        var world = new SimulatedWorld(scenario, name);
        var draws = new NamedDraws($"{name}/textbook/{topTwo}/{floor}");
        var values = scenario.Experiment.Primary.Kind != MetricKind.Conversion;
        var arms = scenario.Experiment.Alternatives.Count;
        var belief = new Belief(arms, values, draws);
        var due = new PriorityQueue<(int Alternative, double Value), (long At, long Number)>();
        var regret = 0.0;
        foreach (var person in world.People())
        {
            while (due.TryPeek(out var happened, out var when) && when.At <= person.SinceMs)
            {
                belief.Add(happened.Alternative, happened.Value);
                due.Dequeue();
            }

            var chosen = draws.Next() < floor * arms ? draws.Next(arms) : Choose(belief, draws);
            belief.Show(chosen);
            regret += world.Lost(person, chosen);
            var outcome = world.Outcome(person, 0, chosen);
            if (outcome.Converted)
            {
                due.Enqueue((chosen, outcome.Value), (person.SinceMs + outcome.DelayMs, person.Number));
            }
        }

        return regret;
    }

    private int Choose(Belief belief, NamedDraws draws)
    {
        var first = belief.Draw();
        if (!topTwo || draws.Next() < 0.5)
        {
            return first;
        }

        for (var again = 0; again < MostDraws; again++)
        {
            if (belief.Draw() is var other && other != first)
            {
                return other;
            }
        }

        var best = belief.Best();
        var left = draws.Next() * best.Where((_, i) => i != first).Sum();
        var second = first == 0 ? 1 : 0;
        for (var i = 0; i < best.Count; i++)
        {
            if (i != first)
            {
                second = i;
                left -= best[i];
                if (left < 0)
                {
                    break;
                }
            }
        }

        return second;
    }

    private sealed class Belief(int arms, bool values, NamedDraws draws)
    {
        private readonly double[] shown = new double[arms];
        private readonly double[] sum = new double[arms];
        private readonly double[] squares = new double[arms];

        public void Show(int alternative) => shown[alternative]++;

        public void Add(int alternative, double value)
        {
            sum[alternative] += values ? value : 1;
            squares[alternative] += values ? value * value : 1;
        }

        public int Draw()
        {
            var (best, highest) = (0, double.NegativeInfinity);
            for (var i = 0; i < arms; i++)
            {
                var drawn = values ? Mean(i) + (Error(i) * draws.NextNormal()) : Beta(1 + sum[i], 1 + shown[i] - sum[i]);
                (best, highest) = drawn > highest ? (i, drawn) : (best, highest);
            }

            return best;
        }

        public IReadOnlyList<double> Best() => values
            ? BayesianComparison.Of([.. Enumerable.Range(0, arms).Select(i => new NormalPosterior(Mean(i), Error(i)))]).ProbabilityBest
            : BayesianComparison.Of([.. Enumerable.Range(0, arms).Select(i => new BetaPosterior(1 + sum[i], 1 + shown[i] - sum[i]))]).ProbabilityBest;

        private double Mean(int i) => shown[i] > 0 ? sum[i] / shown[i] : 0;

        /// <summary>The standard error by the spread of all together; wide while little was seen.</summary>
        private double Error(int i)
        {
            double people = 0, all = 0, second = 0;
            for (var k = 0; k < arms; k++)
            {
                (people, all, second) = (people + shown[k], all + sum[k], second + squares[k]);
            }

            return shown[i] < 2 || all == 0 ? 1e3 : Math.Sqrt(((second / people) - (all / people * (all / people))) / shown[i]);
        }

        private double Beta(double alpha, double beta)
        {
            var (x, y) = (Gamma(alpha), Gamma(beta));
            return x / (x + y);
        }

        /// <summary>Marsaglia and Tsang (2000), ACM Transactions on Mathematical Software 26, 363–372; a shape of 1 or more.</summary>
        private double Gamma(double shape)
        {
            var d = shape - (1.0 / 3);
            var c = 1 / Math.Sqrt(9 * d);
            while (true)
            {
                var z = draws.NextNormal();
                var v = (1 + (c * z)) * (1 + (c * z)) * (1 + (c * z));
                if (v > 0 && Math.Log(1 - draws.Next()) < (0.5 * z * z) + d - (d * v) + (d * Math.Log(v)))
                {
                    return d * v;
                }
            }
        }
    }
}
