using Bandstand.Embedded;
using Bandstand.Ports;

namespace Bandstand.Tests.Readme;

/// <summary>The README's first code, compiled: what stands between the marks is what stands there.</summary>
internal static class QuickStart
{
    public static async Task Run(string data, TextWriter console)
    {
        // <readme>
        await using var bandstand = await EmbeddedExperiments.OpenAsync(data);
        await bandstand.Define("price", """
            {"alternatives": [{"key": "19"}, {"key": "25"}], "default": "19", "metrics": [{"id": "signup", "kind": "conversion"}]}
            """);
        for (var visitor = 1; visitor <= 500; visitor++)
        {
            var price = await bandstand.Assign("price", $"visitor-{visitor}"); // the same answer for ever, durable
            if (visitor % (price.Alternative == "19" ? 4 : 7) == 0)
            {
                await bandstand.Track("signup", price.Identity);
            }
        }

        foreach (var claim in (await bandstand.Conclude("price", new ScoreQuery("bayes"))).Value)
        {
            console.WriteLine(claim.Text);
        }
        // </readme>
    }
}
