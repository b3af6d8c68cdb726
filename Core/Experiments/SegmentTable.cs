using Bandstand.Allocation;
using Bandstand.Participants;
using Bandstand.Ports;
using Bandstand.Statistics.Scoring;
using Bandstand.Statistics.Sequential;

namespace Bandstand.Experiments;

/// <summary>
/// Who takes part, by the values of the attributes that results are split by, over all shards: the 50 most frequent values of each attribute, the
/// rest as <see cref="SegmentValue.Other"/>, and <see cref="SegmentValue.None"/>. Immutable and thread-safe.
/// </summary>
/// <remarks>
/// Values are put together by their text, so shards need not agree on anything. A shard tells 254 values apart; a value that one of them met later than that is
/// among that shard's others, which takes some of its participants away from it, the same share of every alternative.
/// </remarks>
public sealed class SegmentTable
{
    private readonly Experiment experiment;
    private readonly IReadOnlyList<Segment> segments;

    private SegmentTable(Experiment experiment, IReadOnlyList<Segment> segments)
    {
        this.experiment = experiment;
        this.segments = segments;
    }

    /// <summary>Puts the counts of all shards together.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="shards">What <see cref="ParticipantShard.SegmentCounts"/> said of every shard.</param>
    public static SegmentTable Of(Experiment experiment, IEnumerable<IReadOnlyList<SegmentCount>> shards)
    {
        var segments = new List<Segment>();
        foreach (var slot in shards.SelectMany(counts => counts).Where(count => count.Slot < experiment.Segments.Length).GroupBy(count => count.Slot).OrderBy(slot => slot.Key))
        {
            var values = slot.GroupBy(count => count.Value ?? SegmentValue.None, StringComparer.Ordinal)
                .Select(value => (Value: value.Key, Counts: value.SelectMany(count => count.Counts.Chunk(3)).ToList()))
                .OrderByDescending(value => value.Counts.Sum(cell => (long)cell[2])).ThenBy(value => value.Value, StringComparer.Ordinal)
                .ToList();
            var named = values.Where(value => value.Value is not (SegmentValue.None or SegmentValue.Other)).ToList();
            segments.AddRange(named.Take(SegmentValue.Most).Select(value => Made(slot.Key, value.Value, value.Counts)));
            var rest = named.Skip(SegmentValue.Most).Concat(values.Where(value => value.Value == SegmentValue.Other)).SelectMany(value => value.Counts).ToList();
            segments.AddRange(rest.Count == 0 ? [] : [Made(slot.Key, SegmentValue.Other, rest)]);
            segments.AddRange(values.Where(value => value.Value == SegmentValue.None).Select(value => Made(slot.Key, value.Value, value.Counts)));
        }

        return new SegmentTable(experiment, Corrected(segments));

        Segment Made(int slot, string value, List<int[]> counts)
        {
            var statistics = Statistics(experiment, counts);
            return new Segment(slot, value, statistics, SampleRatioCheck.Of(Arms(experiment, statistics)));
        }
    }

    /// <summary>What callers see of it.</summary>
    public IReadOnlyList<SegmentView> Views() =>
    [
        .. experiment.LastPut.Segments.Select(attribute => new SegmentView(attribute, [.. segments
            .Where(segment => experiment.Segments[segment.Slot].Attribute == attribute)
            .Select(segment => new SegmentValueView(
                segment.Value,
                segment.Statistics.Participants,
                [.. Arms(experiment, segment.Statistics).Select(arm => KeyValuePair.Create(arm.Key, arm.Participants))],
                segment.Ratio))])),
    ];

    /// <summary>Whose statistics a segment is scored by, and the question completed by its sample ratio; or why it cannot be.</summary>
    /// <param name="request">A question with a segment.</param>
    public Answer<(SegmentChoice Choice, ScoreRequest Request)> Find(ScoreRequest request)
    {
        var text = request.Segment!;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var attribute = colon < 0 ? text : text[..colon];
        var declared = experiment.LastPut.Segments;
        if (colon < 0 || !declared.Contains(attribute))
        {
            return Unknown(declared.Count == 0
                ? "The experiment splits its results by no attribute. Declare \"segments\" in its definition; who takes part from then on is split."
                : $"There is no segment \"{TextRules.Shorten(text)}\". Ask for attribute:value, with one of the attributes {string.Join(", ", declared)}, such as {declared[0]}:{(segments.Count > 0 ? segments[0].Value : "DE")}.");
        }

        var slot = Enumerable.Range(0, experiment.Segments.Length).First(s => experiment.Segments[s].Attribute == attribute);
        var known = segments.Where(segment => segment.Slot == slot).ToList();
        if (known.FirstOrDefault(segment => segment.Value == text[(colon + 1)..]) is not { } found)
        {
            return Unknown(known.Count == 0
                ? $"Nobody takes part yet, so \"{attribute}\" has no values."
                : $"\"{TextRules.Shorten(text[(colon + 1)..])}\" is none of the values of \"{attribute}\" that have figures of their own: {string.Join(", ", known.Select(segment => TextRules.Shorten(segment.Value)))}. All other values are \"{SegmentValue.Other}\".");
        }

        var choice = found.Value == SegmentValue.Other
            ? new SegmentChoice(slot, [.. known.Where(segment => segment.Value != SegmentValue.Other).Select(segment => segment.Value).Append(SegmentValue.None).Distinct(StringComparer.Ordinal)], Except: true)
            : new SegmentChoice(slot, [found.Value]);
        return (choice, request with { SampleRatio = found.Ratio });
    }

    /// <summary>Whose statistics a bandit by segment is decided on: the values with enough participants, most first, then everybody else; none where no value has.</summary>
    public IReadOnlyList<(string? Value, SegmentChoice Choice)> Parts()
    {
        if (experiment.LastPut.Allocation is not BanditAllocation { By: { } by } bandit)
        {
            return [];
        }

        bool HasEnough(Segment segment) => segment.Statistics.Participants >= EpochLimits.LeastAssignments
            && Arms(experiment, segment.Statistics).All(arm => !arm.IsOpen || arm.Participants >= bandit.BurnIn);
        var judged = segments
            .Where(segment => experiment.Segments[segment.Slot].Attribute == by && segment.Value is not (SegmentValue.None or SegmentValue.Other) && HasEnough(segment))
            .Take(SegmentPolicy.Most)
            .ToList();
        return judged.Count == 0
            ? []
            : [
                .. judged.Select(segment => ((string?)segment.Value, new SegmentChoice(segment.Slot, [segment.Value]))),
                (null, new SegmentChoice(judged[0].Slot, [.. judged.Select(segment => segment.Value)], Except: true)),
            ];
    }

    private static Refusal Unknown(string detail) => new(RefusalKind.NotFound, ExperimentCodes.SegmentNotFound, detail);

    private static IReadOnlyList<ArmData> Arms(Experiment experiment, ExperimentStatistics statistics)
        => [.. ExperimentArms.OfPrimary(experiment, statistics).Select(arm => arm.Everybody())];

    /// <summary>Participants only: no metric is asked for.</summary>
    private static ExperimentStatistics Statistics(Experiment experiment, List<int[]> counts)
    {
        AlternativeStatistics[] Rows(IEnumerable<int[]> cells)
        {
            var participants = new long[experiment.Alternatives.Length];
            foreach (var cell in cells.Where(cell => cell[1] < participants.Length))
            {
                participants[cell[1]] += cell[2];
            }

            return [.. participants.Select(n => new AlternativeStatistics(n, []))];
        }

        return new ExperimentStatistics([], Rows(counts), [.. counts.GroupBy(cell => cell[0]).OrderBy(epoch => epoch.Key).Select(epoch => new EpochStatistics(epoch.Key, Rows(epoch)))]);
    }

    /// <summary>
    /// Sample ratios with the correction for having looked at all segments (e-BH, Wang and Ramdas 2022), which holds under any dependence and at every look:
    /// of those called a mismatch at most one in a thousand is healthy, on average.
    /// </summary>
    private static List<Segment> Corrected(List<Segment> segments)
    {
        var tested = segments.Where(segment => segment.Ratio.PValue is not null).ToList();
        if (tested.Count == 0)
        {
            return segments;
        }

        var adjusted = MultipleComparisons.EBenjaminiHochberg([.. tested.Select(segment => segment.Ratio.PValue is > 0 and var p ? 1 / p : double.MaxValue)]);
        return [.. segments.Select(segment => tested.IndexOf(segment) is >= 0 and var i
            ? segment with { Ratio = new SampleRatio(adjusted[i], adjusted[i] < SampleRatioCheck.Alpha) }
            : segment)];
    }

    private sealed record Segment(int Slot, string Value, ExperimentStatistics Statistics, SampleRatio Ratio);
}
