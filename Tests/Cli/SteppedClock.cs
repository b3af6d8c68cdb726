using System.Threading.Channels;

namespace Bandstand.Tests.Cli;

/// <summary>A clock that stands still until the test lets a timer run out, and says when somebody begins to wait.</summary>
internal sealed class SteppedClock : TimeProvider
{
    private readonly Channel<Timer> timers = Channel.CreateUnbounded<Timer>();
    private long ticks = new DateTime(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;

    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref ticks), TimeSpan.Zero);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(callback, state, dueTime);
        timers.Writer.TryWrite(timer);
        return timer;
    }

    /// <summary>Waits until somebody waits, and lets that time pass.</summary>
    public async Task PassAsync(CancellationToken cancellationToken)
    {
        var timer = await timers.Reader.ReadAsync(cancellationToken);
        Interlocked.Add(ref ticks, timer.DueTime.Ticks);
        timer.Run();
    }

    private sealed class Timer(TimerCallback callback, object? state, TimeSpan dueTime) : ITimer
    {
        private bool isGone;

        public TimeSpan DueTime => dueTime;

        public void Run()
        {
            if (!isGone)
            {
                callback(state);
            }
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => !isGone;

        public void Dispose() => isGone = true;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
