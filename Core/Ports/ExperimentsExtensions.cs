using System.Buffers;
using System.Text;
using System.Text.Json;
using Bandstand.Assignment;
using Bandstand.Events;
using Bandstand.Experiments;

namespace Bandstand.Ports;

/// <summary>The short forms of <see cref="IExperiments"/>: they answer values and throw <see cref="RefusedException"/> when refused.</summary>
public static class ExperimentsExtensions
{
    /// <summary>Creates or changes an experiment from the contract's JSON.</summary>
    /// <param name="experiments">Where.</param>
    /// <param name="id">The experiment's id.</param>
    /// <param name="json">The definition.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="RefusedException">The definition is refused; <see cref="Refusal.Errors"/> names every field.</exception>
    public static async ValueTask<ExperimentView> Define(this IExperiments experiments, string id, string json, CancellationToken cancellationToken = default)
    {
        var definition = ExperimentDefinitionJson.Parse(id, Encoding.UTF8.GetBytes(json)).Value;
        return (await experiments.Put(definition, default, cancellationToken)).Value.Experiment;
    }

    /// <summary>The alternative somebody gets, stored.</summary>
    /// <param name="experiments">Where.</param>
    /// <param name="experiment">The experiment's id.</param>
    /// <param name="identity">Who.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="RefusedException">The experiment or the identity is refused.</exception>
    public static async ValueTask<AssignmentResult> Assign(this IExperiments experiments, string experiment, string identity, CancellationToken cancellationToken = default) =>
        (await experiments.Assign(experiment, new AssignmentRequest(identity), cancellationToken)).Value;

    /// <summary>Tracks one event of a metric, now.</summary>
    /// <param name="experiments">Where.</param>
    /// <param name="metric">The metric's id.</param>
    /// <param name="identity">Who did it.</param>
    /// <param name="value">How much; 1 for a conversion.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>True when it counted somewhere.</returns>
    /// <exception cref="RefusedException">The event is refused, with what is wrong about it.</exception>
    public static async ValueTask<bool> Track(this IExperiments experiments, string metric, string identity, double value = 1, CancellationToken cancellationToken = default)
    {
        var body = new ArrayBufferWriter<byte>(128);
        using (var writer = new Utf8JsonWriter(body))
        {
            writer.WriteStartObject();
            writer.WriteString("metric", metric);
            writer.WriteString("identity", identity);
            writer.WriteNumber("value", value);
            writer.WriteEndObject();
        }

        var receipt = (await experiments.Ingest(new EventBatch(body.WrittenMemory, EventFormat.Lines), cancellationToken)).Value;
        return receipt.Rejected.Count == 0
            ? receipt.Accepted > 0
            : throw new RefusedException(new Refusal(RefusalKind.Invalid, receipt.Rejected[0].Code, receipt.Rejected[0].Detail));
    }
}
