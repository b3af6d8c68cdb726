using System.Runtime.InteropServices;
using Bandstand.Assignment;
using Bandstand.Participants;

namespace Bandstand.Grains.Wire;

/// <summary>One question for a shard, as it travels.</summary>
/// <param name="Version">The version of the plan the question was made with.</param>
/// <param name="Key">The identity's key.</param>
/// <param name="AtMs">Now, in milliseconds since 1970.</param>
/// <param name="Bucket">0 to 9 999.</param>
/// <param name="Choice">−1 or the alternative of a hash that knows no weights.</param>
/// <param name="Flags">Of <see cref="ShardQuestionFlags"/>.</param>
/// <param name="Segments">By segment slot the attribute's value; null where results are not split.</param>
/// <param name="Known">By covariate: what is known of a newcomer; NaN: nothing.</param>
[GenerateSerializer, Immutable, Alias("bandstand.assign")]
public readonly record struct AssignCall(
    [property: Id(0)] long Version,
    [property: Id(1)] ulong Key,
    [property: Id(2)] long AtMs,
    [property: Id(3)] ushort Bucket,
    [property: Id(4)] short Choice,
    [property: Id(5)] byte Flags,
    [property: Id(6)] string?[]? Segments = null,
    [property: Id(7)] double[]? Known = null)
{
    /// <summary>A question to send.</summary>
    public static AssignCall Of(long version, in ShardQuestion question)
        => new(version, question.Key, question.AtMs, question.Bucket, question.Choice, (byte)question.Flags, question.Segments, question.Known);

    /// <summary>The question.</summary>
    public ShardQuestion ToQuestion() => new(Key, Bucket, Choice, (ShardQuestionFlags)Flags, AtMs, Segments, Known);
}

/// <summary>A shard's answer, as it travels.</summary>
/// <param name="Status">Whether it answered.</param>
/// <param name="Reason">Of <see cref="AssignmentReason"/>.</param>
/// <param name="Alternative">What to show.</param>
/// <param name="Epoch">The epoch of the first assignment, or −1.</param>
/// <param name="Assigned">The alternative of the first assignment.</param>
/// <param name="New">True when the question stored it.</param>
[GenerateSerializer, Immutable, Alias("bandstand.assigned")]
public readonly record struct AssignReply(
    [property: Id(0)] ShardStatus Status,
    [property: Id(1)] byte Reason = 0,
    [property: Id(2)] byte Alternative = 0,
    [property: Id(3)] int Epoch = 0,
    [property: Id(4)] byte Assigned = 0,
    [property: Id(5)] bool New = false)
{
    /// <summary>An answer to send.</summary>
    public static AssignReply Of(in ShardAnswer answer)
        => new(ShardStatus.Done, (byte)answer.Reason, answer.Alternative, answer.Epoch, answer.AssignedAlternative, answer.New);

    /// <summary>The answer, when the status is <see cref="ShardStatus.Done"/>.</summary>
    public ShardAnswer ToAnswer() => new((AssignmentReason)Reason, Alternative, Epoch, Assigned, New);
}

/// <summary>Bytes of a shard, with whether it answered.</summary>
/// <param name="Status">Whether it answered.</param>
/// <param name="Bytes">What it answered, when it did.</param>
/// <param name="ToSettle">
/// How many participants it has, when the experiment must hear of it once the caller's whole batch is through; −1 otherwise.
/// </param>
[GenerateSerializer, Immutable, Alias("bandstand.shard-reply")]
public readonly record struct ShardReply([property: Id(0)] ShardStatus Status, [property: Id(1)] byte[]? Bytes = null, [property: Id(2)] long ToSettle = -1);

/// <summary>
/// Many questions or answers as one array of bytes, little-endian: 24 bytes a question, and what is known of a newcomer behind it (how many
/// numbers, then they); 8 an answer.
/// </summary>
public static class AssignMany
{
    private const int QuestionBytes = 24;
    private const int AnswerBytes = 8;
    private const int HasKnown = 0x80;

    /// <summary>Questions to send.</summary>
    public static byte[] Write(IReadOnlyList<ShardQuestion> questions)
    {
        var bytes = new byte[questions.Sum(q => QuestionBytes + (q.Known is null ? 0 : sizeof(int) + (q.Known.Length * sizeof(double))))];
        var to = bytes.AsSpan();
        for (var i = 0; i < questions.Count; i++)
        {
            var q = questions[i];
            var flags = (byte)q.Flags | (q.Known is null ? 0 : HasKnown);
            MemoryMarshal.Write(to, new PackedQuestion { Key = q.Key, AtMs = q.AtMs, Bucket = q.Bucket, Choice = q.Choice, Flags = (byte)flags });
            to = to[QuestionBytes..];
            if (q.Known is { } known)
            {
                MemoryMarshal.Write(to, known.Length);
                MemoryMarshal.AsBytes(known.AsSpan()).CopyTo(to[sizeof(int)..]);
                to = to[(sizeof(int) + (known.Length * sizeof(double)))..];
            }
        }

        return bytes;
    }

    /// <summary>What the questions say of segments; null where results are not split.</summary>
    public static byte[]? WriteSegments(IReadOnlyList<ShardQuestion> questions)
        => questions.Any(q => q.Segments is not null) ? WireJson.Write(questions.Select(q => q.Segments).ToArray()) : null;

    /// <summary>Reads questions.</summary>
    public static ShardQuestion[] ReadQuestions(ReadOnlySpan<byte> bytes, byte[]? segments = null)
    {
        var split = segments is null ? null : WireJson.Read<string?[]?[]>(segments);
        var questions = new List<ShardQuestion>(bytes.Length / QuestionBytes);
        while (!bytes.IsEmpty)
        {
            var q = MemoryMarshal.Read<PackedQuestion>(bytes);
            bytes = bytes[QuestionBytes..];
            double[]? known = null;
            if ((q.Flags & HasKnown) != 0)
            {
                var length = MemoryMarshal.Read<int>(bytes) * sizeof(double);
                known = MemoryMarshal.Cast<byte, double>(bytes.Slice(sizeof(int), length)).ToArray();
                bytes = bytes[(sizeof(int) + length)..];
            }

            questions.Add(new ShardQuestion(q.Key, q.Bucket, q.Choice, (ShardQuestionFlags)(q.Flags & ~HasKnown), q.AtMs, split?[questions.Count], known));
        }

        return [.. questions];
    }

    /// <summary>Answers to send.</summary>
    public static byte[] Write(ReadOnlySpan<ShardAnswer> answers)
    {
        var bytes = new byte[answers.Length * AnswerBytes];
        var packed = MemoryMarshal.Cast<byte, PackedAnswer>(bytes.AsSpan());
        for (var i = 0; i < packed.Length; i++)
        {
            var a = answers[i];
            packed[i] = new PackedAnswer { Reason = (byte)a.Reason, Alternative = a.Alternative, Assigned = a.AssignedAlternative, New = a.New ? (byte)1 : (byte)0, Epoch = a.Epoch };
        }

        return bytes;
    }

    /// <summary>Reads answers.</summary>
    public static ShardAnswer[] ReadAnswers(ReadOnlySpan<byte> bytes)
    {
        var packed = MemoryMarshal.Cast<byte, PackedAnswer>(bytes);
        var answers = new ShardAnswer[packed.Length];
        for (var i = 0; i < answers.Length; i++)
        {
            var a = packed[i];
            answers[i] = new ShardAnswer((AssignmentReason)a.Reason, a.Alternative, a.Epoch, a.Assigned, a.New != 0);
        }

        return answers;
    }

    [StructLayout(LayoutKind.Sequential, Pack = 1, Size = QuestionBytes)]
    private struct PackedQuestion
    {
        public ulong Key;
        public long AtMs;
        public ushort Bucket;
        public short Choice;
        public byte Flags;
    }

    [StructLayout(LayoutKind.Sequential, Pack = 1, Size = AnswerBytes)]
    private struct PackedAnswer
    {
        public byte Reason;
        public byte Alternative;
        public byte Assigned;
        public byte New;
        public int Epoch;
    }
}
