using System.Text.Json;
using System.Text.Json.Serialization;
using Bandstand.Ports;

namespace Bandstand.Experiments;

/// <summary>Events as journal entries and states as snapshots, in JSON. Thread-safe.</summary>
/// <remarks>
/// One entry holds the events of one decision, so they become durable together. What a newer version wrote (another format
/// number, an unknown kind of event or an unknown field) is refused, never skipped.
/// </remarks>
public static class ExperimentJournal
{
    /// <summary>The format number that this version writes and reads.</summary>
    public const int Format = 1;

    /// <summary>The entry of one decision.</summary>
    /// <param name="events">At least one event.</param>
    public static byte[] Write(IReadOnlyList<ExperimentEvent> events)
    {
        ArgumentOutOfRangeException.ThrowIfZero(events.Count, nameof(events));
        return JsonSerializer.SerializeToUtf8Bytes(new JournalEntry(Format, events), ExperimentJson.Default.JournalEntry);
    }

    /// <summary>Reads an entry.</summary>
    /// <param name="entry">From <see cref="Write"/>.</param>
    /// <exception cref="InvalidDataException">The entry is not one that this version can read.</exception>
    public static IReadOnlyList<ExperimentEvent> Read(ReadOnlySpan<byte> entry)
        => Parse(entry, "journal entry", ExperimentJson.Default.JournalEntry, e => e.Format).Events;

    /// <summary>The parts of a snapshot, each at most 1 MB.</summary>
    /// <param name="state">The state.</param>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Snapshot(ExperimentState state)
    {
        var snapshot = new StateSnapshot(Format, state as Experiment, state as NoExperiment);
        var bytes = JsonSerializer.SerializeToUtf8Bytes(snapshot, ExperimentJson.Default.StateSnapshot);
        return SnapshotParts.Of(bytes);
    }

    /// <summary>Reads the parts of a snapshot, put together.</summary>
    /// <param name="snapshot">All parts from <see cref="Snapshot"/>, in order.</param>
    /// <exception cref="InvalidDataException">The snapshot is not one that this version can read.</exception>
    public static ExperimentState Restore(ReadOnlySpan<byte> snapshot)
    {
        var read = Parse(snapshot, "snapshot", ExperimentJson.Default.StateSnapshot, s => s.Format);
        if (read.Present is not { } experiment)
        {
            return read.Absent ?? NoExperiment.Never;
        }

        var hash = experiment.LastPut.Assignment.Hash;
        return experiment with { Epochs = [.. experiment.Epochs.Select(e => e.WithProbabilities(hash))] };
    }

    private static T Parse<T>(ReadOnlySpan<byte> json, string what, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, Func<T, int> format)
    {
        try
        {
            var read = JsonSerializer.Deserialize(json, type) ?? throw new JsonException("null");
            return format(read) == Format ? read : throw new JsonException($"format {format(read)}");
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException)
        {
            throw new InvalidDataException(
                $"This is no experiment's {what} of format {Format}, which this version reads: {exception.Message}",
                exception);
        }
    }
}

/// <summary>Recovers an experiment's state from its journal.</summary>
/// <remarks>Not thread-safe: it belongs to one recovery.</remarks>
public sealed class ExperimentReplay : IJournalReplay
{
    private readonly List<byte> snapshot = [];
    private bool whole;

    /// <summary>The state so far; complete after <see cref="End"/>.</summary>
    public ExperimentState State { get; private set; } = NoExperiment.Never;

    /// <summary>Takes the next events as its owner decides them; append them to the journal in the same turn.</summary>
    /// <param name="events">The events.</param>
    public void Advance(IReadOnlyList<ExperimentEvent> events) => State = ExperimentDecider.Apply(State, events);

    /// <inheritdoc/>
    public void Begin()
    {
        State = NoExperiment.Never;
        snapshot.Clear();
        whole = false;
    }

    /// <inheritdoc/>
    public void SnapshotPart(ReadOnlySpan<byte> part) => snapshot.AddRange(part);

    /// <inheritdoc/>
    public void Entry(ReadOnlySpan<byte> entry)
    {
        FinishSnapshot();
        State = ExperimentDecider.Apply(State, ExperimentJournal.Read(entry));
    }

    /// <inheritdoc/>
    public void End() => FinishSnapshot();

    private void FinishSnapshot()
    {
        if (!whole && snapshot.Count > 0)
        {
            State = ExperimentJournal.Restore(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(snapshot));
        }

        whole = true;
    }
}

/// <summary>The envelope of an entry.</summary>
internal sealed record JournalEntry([property: JsonPropertyName("v"), JsonRequired] int Format, [property: JsonRequired] IReadOnlyList<ExperimentEvent> Events);

/// <summary>The envelope of a snapshot.</summary>
internal sealed record StateSnapshot([property: JsonPropertyName("v"), JsonRequired] int Format, Experiment? Present, NoExperiment? Absent);

/// <summary>Generated serializers of what is stored.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    UseStringEnumConverter = true,
    MaxDepth = 128)]
[JsonSerializable(typeof(JournalEntry))]
[JsonSerializable(typeof(StateSnapshot))]
internal sealed partial class ExperimentJson : JsonSerializerContext;
