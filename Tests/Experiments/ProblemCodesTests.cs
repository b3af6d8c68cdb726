using System.Reflection;
using Bandstand.Assignment;
using Bandstand.Experiments;

namespace Bandstand.Tests.Experiments;

public class ProblemCodesTests
{
    [Fact]
    public void Every_code_is_explained_in_the_docs()
    {
        var documented = File.ReadAllText(Path.Combine(Repository.Root, "docs", "problems.md"));
        var codes = Constants(typeof(ExperimentCodes)).Concat([Identity.Empty, Identity.TooLong, Identity.Invalid, "alternative-not-found"]).ToList();
        Assert.True(codes.Count > 30);
        Assert.All(codes, code => Assert.Contains($"| `{code}` |", documented, StringComparison.Ordinal));
    }

    private static IEnumerable<string> Constants(Type type)
        => type.GetFields(BindingFlags.Public | BindingFlags.Static).Where(f => f.IsLiteral).Select(f => (string)f.GetRawConstantValue()!);
}
