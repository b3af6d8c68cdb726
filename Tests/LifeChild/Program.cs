using System.Globalization;
using System.Text;
using Bandstand.LifeChild;

// Lives every kind of life in a culture of the machine's, with somebody looking all the time, and prints what was decided.
var culture = CultureInfo.GetCultureInfo(args[0]);
(CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (culture, culture);
(CultureInfo.DefaultThreadCurrentCulture, CultureInfo.DefaultThreadCurrentUICulture) = (culture, culture);
using var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));

// What the culture does to numbers and case, and how many processors there are: so that a test knows that they are what it asked for.
await output.WriteLineAsync($"{culture.Name} {1.5.ToString(culture)} {"i".ToUpper(culture)} {Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture)}");
foreach (var kind in BanditLife.Kinds)
{
    foreach (var line in await new BanditLife(kind) { Looks = true }.Live())
    {
        await output.WriteLineAsync(line);
    }
}
