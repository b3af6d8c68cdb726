using Bandstand.Statistics.Distributions;

namespace Bandstand.Timesteps;

/// <summary>
/// Learns from timestep to timestep how two alternatives differ, where the difference may drift and jump. How large differences
/// are in this experiment, or whether there are any, is learnt with it. Not thread-safe; one filter for one pair.
/// </summary>
/// <remarks>
/// <para>A hidden Markov model on a grid, solved exactly (Rabiner 1989, Proceedings of the IEEE 77, 257–286, eq. 19–21). The
/// difference, in standard deviations of a target, is s·u. From one timestep to the next u keeps its place (an autoregression of
/// 0.98 with standard normal margin) or, with probability 1/spell, jumps to a new standard normal place. The scale s is one of 0,
/// 0.0125, 0.025 … 0.8; each has its own filter, weighed by how well it foretold what was observed (Harrison and Stevens 1976,
/// Journal of the Royal Statistical Society B 38, 205–247, multi-process models class I), and with a chance of 1/200 per timestep
/// the experiment turns into another scale.</para>
/// <para>Before anything is observed "no difference" has a probability of 1/4. Costs about 15 µs per timestep.</para>
/// </remarks>
internal sealed class DifferenceFilter
{
    private const int Points = 41;
    private const int Middle = Points / 2;
    private const double Reach = 3;
    private const double Persistence = 0.98;
    private const double Turning = 1.0 / 200;
    private const double PriorOfNone = 0.25;

    // Nobody keeps a place further off than six standard deviations of the noise: 8 points.
    private const int Width = 8;

    // More steps without an observation than this leave nothing of what was known.
    private const int LongestGap = 400;

    private static readonly double[] Scales = [0, 0.0125, 0.025, 0.05, 0.1, 0.2, 0.4, 0.8];
    private static readonly double[] Places = [.. Enumerable.Range(0, Points).Select(i => Reach * (i - Middle) / Middle)];
    private static readonly double[] Fresh = Normalised(Places.Select(u => Elementary.Exp(-0.5 * u * u)));
    private static readonly double[][] Stays = [.. Places.Select(Stay)];

    private readonly double jump;
    private readonly double[] weights = [.. Scales.Select(Prior)];
    private readonly double[][] places = [.. Scales.Select(_ => Fresh.ToArray())];
    private readonly double[] next = new double[Points];
    private readonly double[][] exponents = [.. Scales.Select(_ => new double[Points])];

    /// <summary>Knows nothing yet.</summary>
    /// <param name="spell">How many timesteps a difference lasts on average, 1 or more.</param>
    public DifferenceFilter(double spell) => jump = 1 / spell;

    /// <summary>What is believed now.</summary>
    public DifferenceBelief Belief
    {
        get
        {
            double over = 0, under = 0, mean = 0;
            for (var s = 1; s < Scales.Length; s++)
            {
                for (var i = 1; i <= Middle; i++)
                {
                    var (above, below) = (weights[s] * places[s][Middle + i], weights[s] * places[s][Middle - i]);
                    over += above;
                    under += below;
                    mean += (above - below) * Places[Middle + i] * Scales[s];
                }
            }

            return new DifferenceBelief(over, under, Math.Max(0, 1 - over - under), mean);
        }
    }

    /// <summary>Time passes.</summary>
    /// <param name="timesteps">How many timesteps, 0 or more.</param>
    public void Pass(int timesteps)
    {
        for (var step = Math.Min(timesteps, LongestGap); step > 0; step--)
        {
            for (var s = 0; s < Scales.Length; s++)
            {
                weights[s] = ((1 - Turning) * weights[s]) + (Turning * Prior(Scales[s]));
                if (s > 0)
                {
                    Move(places[s]); // At scale 0 all places are the same.
                }
            }
        }
    }

    /// <summary>A timestep was observed.</summary>
    /// <param name="difference">The second mean minus the first, in standard deviations of a target.</param>
    /// <param name="error">Its standard error in the same unit, over 0.</param>
    public void Observe(double difference, double error)
    {
        // The largest exponent is taken off everywhere, so that not everything can vanish.
        var largest = double.NegativeInfinity;
        for (var s = 0; s < Scales.Length; s++)
        {
            for (var i = 0; i < Points; i++)
            {
                var z = (difference - (Scales[s] * Places[i])) / error;
                exponents[s][i] = -0.5 * z * z;
                largest = Math.Max(largest, exponents[s][i]);
            }
        }

        double all = 0;
        for (var s = 0; s < Scales.Length; s++)
        {
            double sum = 0;
            for (var i = 0; i < Points; i++)
            {
                next[i] = places[s][i] * Elementary.Exp(exponents[s][i] - largest);
                sum += next[i];
            }

            weights[s] *= sum;
            all += weights[s];
            for (var i = 0; sum > 0 && i < Points; i++)
            {
                places[s][i] = next[i] / sum;
            }
        }

        for (var s = 0; s < Scales.Length; s++)
        {
            weights[s] /= all;
        }
    }

    private static double Prior(double scale) => scale == 0 ? PriorOfNone : (1 - PriorOfNone) / (Scales.Length - 1);

    private static double[] Stay(double from)
    {
        var variance = 1 - (Persistence * Persistence);
        return Normalised(Places.Select(u => Math.Abs(u - from) > (Width + 0.5) * (Places[1] - Places[0])
            ? 0
            : Elementary.Exp(-0.5 * (u - (Persistence * from)) * (u - (Persistence * from)) / variance)));
    }

    private static double[] Normalised(IEnumerable<double> values)
    {
        var all = values.ToArray();
        var sum = all.Sum();
        return [.. all.Select(x => x / sum)];
    }

    private void Move(double[] density)
    {
        for (var j = 0; j < Points; j++)
        {
            next[j] = jump * Fresh[j];
        }

        for (var i = 0; i < Points; i++)
        {
            var (mass, stay) = ((1 - jump) * density[i], Stays[i]);
            var last = Math.Min(Points - 1, i + Width);
            for (var j = Math.Max(0, i - Width); j <= last; j++)
            {
                next[j] += mass * stay[j];
            }
        }

        next.CopyTo(density.AsSpan());
    }
}
