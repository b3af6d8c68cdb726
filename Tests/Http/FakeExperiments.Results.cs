using Bandstand.Events;
using Bandstand.Experiments;
using Bandstand.Ports;
using Bandstand.Statistics.Scoring;
using Bandstand.Timesteps;

namespace Bandstand.Tests.Http;

internal sealed partial class FakeExperiments
{
    public ValueTask<Answer<ScoreReport>> Score(string experiment, ScoreQuery query = default, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask<Answer<IReadOnlyList<SegmentView>>> Segments(string experiment, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask<Answer<IReadOnlyList<Claim>>> Conclude(string experiment, ScoreQuery query = default, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask<Answer<EventReceipt>> Observe(string experiment, int timestep, ObservationBatch batch, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask<Answer<TimestepResult>> Close(string experiment, int timestep, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask<Answer<Page<TimestepResult>>> Timesteps(string experiment, int after, int limit, CancellationToken cancellationToken = default) => throw new NotSupportedException();
}
