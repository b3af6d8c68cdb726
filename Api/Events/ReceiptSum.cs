using Bandstand.Events;

namespace Bandstand.Api;

/// <summary>Adds up the receipts of a body that is applied in pieces.</summary>
internal sealed class ReceiptSum
{
    private const int Listed = 100;

    private readonly List<RejectedEvent> rejected = [];
    private long accepted;
    private long duplicates;
    private long ignored;
    private long rejectedCount;

    /// <summary>All so far as one receipt.</summary>
    public EventReceipt Total => new()
    {
        Accepted = accepted,
        Duplicates = duplicates,
        Ignored = ignored,
        RejectedCount = rejectedCount,
        Rejected = [.. rejected.OrderBy(r => r.Line)],
    };

    public void Add(EventReceipt receipt)
    {
        accepted += receipt.Accepted;
        duplicates += receipt.Duplicates;
        ignored += receipt.Ignored;
        rejectedCount += receipt.RejectedCount;
        foreach (var each in receipt.Rejected)
        {
            List(each);
        }
    }

    public void Reject(RejectedEvent each)
    {
        rejectedCount++;
        List(each);
    }

    private void List(RejectedEvent each)
    {
        if (rejected.Count < Listed)
        {
            rejected.Add(each);
        }
    }
}
