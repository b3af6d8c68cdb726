using System.Xml.Linq;

namespace Bandstand.Tests.Architecture;

/// <summary>Holds the arrows between the projects: who may know whom.</summary>
public class ArrowTests
{
    private static readonly string[] MayKnowOrleans = ["Grains.Interfaces", "Grains", "Silo", "Tests.Cluster", "Benchmarks.Cluster"];

    private static readonly Dictionary<string, string[]> Arrows = new(StringComparer.Ordinal)
    {
        ["Core"] = [],
        ["Storage"] = ["Core"],
        ["Api"] = ["Core"],
        ["Dashboard"] = ["Core"],
        ["Client"] = ["Core"],
        ["Grains.Interfaces"] = ["Core"],
        ["Embedded"] = ["Core", "Storage"],
        ["Grains"] = ["Core", "Grains.Interfaces"],
    };

    public static TheoryData<string> Products() => new(Projects().Keys.Where(Arrows.ContainsKey));

    [Theory]
    [MemberData(nameof(Products))]
    public void A_product_knows_only_whom_it_may(string product)
    {
        var known = References(product, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/')));

        Assert.Empty(known.Except(Arrows[product]));
    }

    [Fact]
    public void Only_the_cluster_projects_know_Orleans()
    {
        var offenders = Projects().Keys
            .Where(project => !MayKnowOrleans.Contains(project))
            .Where(project => References(project, "PackageReference").Any(package => package.Contains("Orleans", StringComparison.OrdinalIgnoreCase))
                || References(project, "ProjectReference").Any(path => MayKnowOrleans.Contains(Path.GetFileNameWithoutExtension(path.Replace('\\', '/')))));

        Assert.Empty(offenders);
    }

    [Fact]
    public void Core_knows_no_package_but_MathNet_at_run_time()
    {
        var packages = Projects()["Core"].Descendants("PackageReference")
            .Where(package => (string?)package.Attribute("PrivateAssets") != "all")
            .Select(package => (string)package.Attribute("Include")!);

        Assert.Equal(["MathNet.Numerics"], packages);
    }

    [Fact]
    public void The_embedded_filter_holds_every_project_that_needs_no_Orleans()
    {
        var filter = File.ReadAllText(Path.Combine(Repository.Root, "Embedded.slnf"));

        var missing = Projects().Keys.Where(project => !MayKnowOrleans.Contains(project))
            .Where(project => !filter.Contains($"{project}.csproj", StringComparison.Ordinal));
        var tooMuch = MayKnowOrleans.Where(project => filter.Contains($"\"{project}\\\\{project}.csproj\"", StringComparison.Ordinal));

        Assert.Empty(missing);
        Assert.Empty(tooMuch);
    }

    private static IEnumerable<string> References(string project, string kind) =>
        Projects()[project].Descendants(kind).Select(reference => (string)reference.Attribute("Include")!);

    private static Dictionary<string, XDocument> Projects() =>
        Directory.EnumerateFiles(Repository.Root, "*.csproj", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 2 })
            .Where(path => !path.Contains("artifacts", StringComparison.Ordinal) && !path.Contains("examples", StringComparison.Ordinal))
            .ToDictionary(path => Path.GetFileNameWithoutExtension(path), XDocument.Load, StringComparer.Ordinal);
}
