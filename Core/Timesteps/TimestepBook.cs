using Bandstand.Ports;

namespace Bandstand.Timesteps;

/// <summary>
/// The closed timesteps of one experiment and the winner they led to. Numbers only go up: closing t passes every earlier timestep that
/// is still open. Immutable; it reads back from JSON as it was written.
/// </summary>
/// <param name="Default">The alternative that leads before the first timestep.</param>
/// <param name="Closed">What was closed, in order of the numbers. Timesteps passed over are not kept; <see cref="List"/> tells of them.</param>
public sealed record TimestepBook(string Default, IReadOnlyList<TimestepResult> Closed)
{
    /// <summary>Refused because the timestep is closed or was passed.</summary>
    public const string ClosedCode = "timestep-closed";

    /// <summary>
    /// How far beyond the next timestep a number may be. All that are passed over are listed, so a number that is no count of
    /// timesteps (a time, say) must not get in.
    /// </summary>
    public const int FarthestSkip = 100_000;

    /// <summary>The lowest number that can still be closed.</summary>
    public int Next => Closed.Count == 0 ? 0 : Closed[^1].Timestep + 1;

    /// <summary>The alternative that leads now.</summary>
    public string Winner => Closed.Count == 0 ? Default : Closed[^1].Winner;

    /// <summary>A book with nothing closed.</summary>
    /// <param name="defaultAlternative">The alternative that leads before the first timestep.</param>
    public static TimestepBook Open(string defaultAlternative) => new(defaultAlternative, []);

    /// <summary>Why a timestep takes no observations any more; null while it does.</summary>
    /// <param name="timestep">Its number.</param>
    public Refusal? RefuseObservations(int timestep) => CheckNumber(timestep) ?? (timestep >= Next ? null : new Refusal(
        RefusalKind.Conflict,
        ClosedCode,
        $"Timestep {timestep} is {(Find(timestep) is null ? $"passed: {Next - 1} has been closed" : "closed")}; send observations to {Next} or later."));

    /// <summary>
    /// What closing a timestep decides. Nothing changes until <see cref="Apply"/>; a timestep that was closed before answers what it
    /// answered then, and need not be applied again.
    /// </summary>
    /// <param name="timestep">Its number.</param>
    /// <param name="observations">What was observed in it; null if nothing ever was.</param>
    /// <param name="policy">How to decide.</param>
    /// <param name="keys">The alternatives in the order of the definition.</param>
    /// <returns>The result, or a refusal when a later timestep was closed without this one.</returns>
    public Answer<TimestepResult> Close(
        int timestep, TimestepObservations? observations, ITimestepPolicy policy, IReadOnlyList<string> keys)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return RefuseClose(timestep) is { } refusal ? refusal
            : Find(timestep) is { } closed ? closed
            : policy.Decide(timestep, Winner, observations, Closed, keys);
    }

    /// <summary>Why a timestep cannot be closed, whatever was observed in it; null when it can be, or was.</summary>
    /// <param name="timestep">Its number.</param>
    public Refusal? RefuseClose(int timestep) => CheckNumber(timestep) ?? (timestep >= Next || Find(timestep) is not null ? null : new Refusal(
        RefusalKind.Conflict,
        ClosedCode,
        $"Timestep {timestep} was passed as {TimestepStatus.MissingFile.Name()} when {Next - 1} or one before was closed; close {Next} or later."));

    /// <summary>The book after a close.</summary>
    /// <param name="result">What <see cref="Close"/> decided. One that is in the book changes nothing.</param>
    public TimestepBook Apply(TimestepResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return result.Timestep < Next ? this : this with { Closed = [.. Closed, result] };
    }

    /// <summary>Every timestep up to the last one closed, those passed over included.</summary>
    /// <param name="after">The number to begin after, −1 for the beginning.</param>
    /// <param name="keys">The alternatives in the order of the definition.</param>
    public IEnumerable<TimestepResult> List(int after, IReadOnlyList<string> keys)
    {
        var winner = Default;
        var next = 0;
        foreach (var closed in Closed)
        {
            for (var passed = Math.Max(next, after + 1); passed < closed.Timestep; passed++)
            {
                yield return ClassicTimestepPolicy.Missing(passed, winner, keys);
            }

            if (closed.Timestep > after)
            {
                yield return closed;
            }

            (winner, next) = (closed.Winner, closed.Timestep + 1);
        }
    }

    /// <summary>Whether a later timestep was closed without this one: what was observed in it counts nowhere.</summary>
    /// <param name="timestep">Its number, 0 or more.</param>
    public bool IsPassed(int timestep) => timestep < Next && Find(timestep) is null;

    private Refusal? CheckNumber(int timestep) => timestep >= 0 && timestep - Next <= FarthestSkip ? null : new Refusal(
        RefusalKind.Invalid, "timestep-invalid", $"Timestep {timestep}: a number from 0 to {(long)Next + FarthestSkip} is needed. Timesteps are counted from 0; {Next} is the next.");

    private TimestepResult? Find(int timestep)
    {
        var (low, high) = (0, Closed.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (Closed[middle].Timestep == timestep)
            {
                return Closed[middle];
            }

            (low, high) = Closed[middle].Timestep < timestep ? (middle + 1, high) : (low, middle - 1);
        }

        return null;
    }
}
