namespace Bandstand.Events;

/// <summary>One row for a timestep.</summary>
/// <param name="Event">Its number in the batch.</param>
/// <param name="Target">The number of the experiment in <see cref="EventRoutes.Targets"/>.</param>
/// <param name="Timestep">The timestep.</param>
/// <param name="Alternative">The alternative's index, or −1: unknown.</param>
/// <param name="Value">The observed number.</param>
/// <param name="IdHash">The hash of its unique id, or 0.</param>
public readonly record struct ObservationRow(int Event, int Target, int Timestep, int Alternative, double Value, ulong IdHash);
