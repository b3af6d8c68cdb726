using System.Reflection;
using System.Text;
using System.Threading.Tasks.Sources;
using Bandstand.Assignment;
using Bandstand.Catalogue;
using Bandstand.Experiments;
using Bandstand.Grains;
using Bandstand.Grains.Wire;
using Bandstand.Participants;

namespace Bandstand.Tests.Cluster.Cluster;

/// <summary>A front end over grains that answer at once, from replies that can be read once.</summary>
public sealed class PooledReplyTests
{
    private const string TwoArms = """{"alternatives":[{"key":"a"},{"key":"b"}],"default":"a","metrics":[{"id":"signup"}],"shards":1}""";
    private readonly Experiment experiment = Defined();
    private readonly Queue<AssignReply> replies = [];
    private readonly List<OnceRead> sent = [];

    [Theory]
    [InlineData(ShardStatus.CallerIsStale, 0)]
    [InlineData(ShardStatus.Done, 7)] // an epoch that the front end has not heard of
    public async Task A_reply_that_was_complete_but_cannot_be_used_is_asked_for_again_and_not_read_again(ShardStatus status, int epoch)
    {
        var front = new ClusterExperiments(Proxy.Of<IGrainFactory>(Factory));
        var answer = new AssignReply(ShardStatus.Done, (byte)AssignmentReason.Assigned, Alternative: 1, Epoch: 0, Assigned: 1, New: true);
        replies.Enqueue(answer);
        await front.Assign("price", new AssignmentRequest("known"), TestContext.Current.CancellationToken);
        replies.Enqueue(new AssignReply(status, (byte)AssignmentReason.Assigned, Epoch: epoch));
        replies.Enqueue(answer);

        var assigned = (await front.Assign("price", new AssignmentRequest("u1"), TestContext.Current.CancellationToken)).Value;

        Assert.Equal(("b", true), (assigned.Alternative, assigned.New));
        Assert.Equal([1, 1, 1], sent.Select(reply => reply.Reads));
    }

    private static Experiment Defined()
    {
        var put = new ExperimentCommand.Put(ExperimentDefinitionJson.Parse("price", Encoding.UTF8.GetBytes(TwoArms)).Value);
        var inputs = new DecisionInputs(new DateTimeOffset(2026, 1, 31, 10, 0, 0, TimeSpan.Zero), new SipKey(17, 42));
        return (Experiment)ExperimentDecider.Apply(NoExperiment.Never, ExperimentDecider.Decide(NoExperiment.Never, put, inputs).Value);
    }

    private object Factory(MethodInfo method) => method.GetGenericArguments()[0] switch
    {
        var type when type == typeof(ICatalogueGrain) => Proxy.Of<ICatalogueGrain>(_ => new ValueTask<CatalogueReply>(new CatalogueReply(1, WireJson.Write<CatalogueEntry[]>([CatalogueEntry.Of("price", experiment)])))),
        var type when type == typeof(IExperimentGrain) => Proxy.Of<IExperimentGrain>(_ => new ValueTask<ExperimentReply>(new ExperimentReply(experiment.Version, ExperimentJournal.Snapshot(experiment)[0].ToArray()))),
        _ => Proxy.Of<IParticipantShardGrain>(_ => new ValueTask<AssignReply>(Reply(), 0)),
    };

    private OnceRead Reply()
    {
        var reply = new OnceRead(replies.Dequeue());
        sent.Add(reply);
        return reply;
    }

    /// <summary>As Orleans pools them: whoever reads twice may read somebody else's.</summary>
    private sealed class OnceRead(AssignReply reply) : IValueTaskSource<AssignReply>
    {
        public int Reads { get; private set; }

        public AssignReply GetResult(short token) => ++Reads == 1 ? reply : throw new InvalidOperationException("The reply was read already.");

        public ValueTaskSourceStatus GetStatus(short token) => ValueTaskSourceStatus.Succeeded;

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) => continuation(state);
    }
}

/// <summary>An interface whose every method is one function of the method that was called.</summary>
#pragma warning disable CA1852 // What is made of it at run time derives from it.
internal class Proxy : DispatchProxy
#pragma warning restore CA1852
{
    private Func<MethodInfo, object> answer = null!;

    public static T Of<T>(Func<MethodInfo, object> answer)
        where T : class
    {
        var proxy = Create<T, Proxy>();
        ((Proxy)(object)proxy).answer = answer;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => answer(targetMethod!);
}
