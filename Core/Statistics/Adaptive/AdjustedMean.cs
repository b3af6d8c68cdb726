namespace Bandstand.Statistics.Adaptive;

/// <summary>What is known of one alternative once the ups and downs that all share are taken out. 0 throughout for one without participants.</summary>
/// <param name="Mean">Its mean as if every epoch had been spread over the alternatives alike.</param>
/// <param name="Counted">Its participants, each counting as much as its epoch does.</param>
/// <param name="Worth">
/// How many participants would tell it from the others as surely if the weights had never changed: <paramref name="Counted"/> where they did
/// not, fewer the less it shared its epochs with others.
/// </param>
/// <param name="Squares">The sum of squares about what is expected of it in each epoch, counted likewise.</param>
public readonly record struct AdjustedMean(double Mean, double Counted, double Worth, double Squares);
