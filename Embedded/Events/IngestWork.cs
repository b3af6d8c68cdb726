using Bandstand.Events;
using Bandstand.Participants;

namespace Bandstand.Embedded.Events;

/// <summary>What one batch needs while it is taken in, kept for the next one.</summary>
internal sealed class IngestWork
{
    private EventVerdict[] verdicts = new EventVerdict[1024];

    public EventRouter Router { get; } = new();

    public Span<EventVerdict> Verdicts(int count)
    {
        if (verdicts.Length < count)
        {
            verdicts = new EventVerdict[Math.Max(count, verdicts.Length * 2)];
        }

        return verdicts.AsSpan(0, count);
    }
}
