using System.Globalization;

namespace Bandstand.Ports;

/// <summary>Cuts pages off lists, for every <see cref="IExperiments"/>. Thread-safe.</summary>
public static class Pages
{
    /// <summary>The first page of what is left of a list.</summary>
    /// <param name="items">The items after the page before, in order. One more than asked for tells whether there is a next page.</param>
    /// <param name="limit">The most items, 1 to 1 000.</param>
    /// <param name="cursor">What of the last item to begin after.</param>
    public static Answer<Page<T>> Of<T>(IEnumerable<T> items, int limit, Func<T, string> cursor)
    {
        if (HostRefusals.Limit(limit) is { } refusal)
        {
            return refusal;
        }

        var page = items.Take(limit + 1).ToList();
        return page.Count <= limit ? new Page<T>(page, null) : new Page<T>(page[..limit], cursor(page[limit - 1]));
    }

    /// <summary>The same of a list by number.</summary>
    /// <param name="items">The items after the page before, in order.</param>
    /// <param name="limit">The most items, 1 to 1 000.</param>
    /// <param name="number">The number of an item.</param>
    public static Answer<Page<T>> Of<T>(IEnumerable<T> items, int limit, Func<T, long> number) =>
        Of(items, limit, item => number(item).ToString(CultureInfo.InvariantCulture));
}
