namespace Bandstand.Embedded;

/// <summary>The groups that an answer rests on; most actors share one.</summary>
internal struct PendingWrites
{
    private Task? only;
    private List<Task>? more;

    public void Add(Task durable)
    {
        if (durable.IsCompletedSuccessfully || ReferenceEquals(durable, only))
        {
            return;
        }

        if (only is null)
        {
            only = durable;
        }
        else if (more is null || !ReferenceEquals(more[^1], durable))
        {
            (more ??= []).Add(durable);
        }
    }

    public readonly Task WhenAll() => only is null ? Task.CompletedTask : more is null ? only : Task.WhenAll([only, .. more]);
}
