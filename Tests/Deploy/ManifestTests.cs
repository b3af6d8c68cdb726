using System.Text.Json.Nodes;
using Bandstand.Silo.Settings;

namespace Bandstand.Tests.Deploy;

/// <summary>The manifests as files, which needs no kubectl.</summary>
public sealed class ManifestTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "deploy", "kubernetes");

    public static TheoryData<string> Kustomizations() => new(
        Directory.GetFiles(Folder, "kustomization.yaml", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Folder, Path.GetDirectoryName(path)!)).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Kustomizations))]
    public void A_kustomization_names_all_of_its_folder_and_nothing_that_is_not_there(string name)
    {
        var folder = Path.Combine(Folder, name);
        var kustomization = Assert.Single(Read(Path.Combine(folder, "kustomization.yaml")));
        string[] named =
        [
            .. kustomization["resources"]!.AsArray().Select(resource => resource!.ToString()),
            .. (kustomization["patches"]?.AsArray() ?? []).Select(patch => patch!["path"]!.ToString()),
        ];

        Assert.All(named, path => Assert.True(File.Exists(Path.Combine(folder, path)) || File.Exists(Path.Combine(folder, path, "kustomization.yaml")), path));
        Assert.Equal(
            Directory.GetFiles(folder).Select(path => Path.GetFileName(path)).Where(file => file != "kustomization.yaml").Order(StringComparer.Ordinal),
            named.Where(path => path.EndsWith(".yaml", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Kustomizations))]
    public void A_patch_changes_an_object_and_a_container_of_the_base(string name)
    {
        var known = Names(Path.Combine(Folder, "base")).ToList();

        Assert.NotEmpty(known);
        Assert.Empty(Names(Path.Combine(Folder, name)).Except(known));
    }

    [Fact]
    public void The_docs_know_every_option_of_a_silo()
    {
        var docs = File.ReadAllText(Path.Combine(Repository.Root, "docs", "cluster.md"));
        var options = SiloSettingsReader.Usage.Split(' ').Where(word => word.StartsWith("--", StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(options);
        Assert.All(options, option => Assert.Contains($"| `{option}` | `Silo__", docs, StringComparison.Ordinal));
    }

    [Fact]
    public void The_reader_of_these_files_refuses_what_it_would_misread()
    {
        Assert.Equal("""[{"a":[{"b":"1","c":null},"x y"],"d":{"e":"f"}}]""", new JsonArray([.. Yaml.Read("# x\na:\n- b: \"1\"\n  c:\n- x y # z\nd:\n  e: f\n")]).ToJsonString());
        Assert.Throws<InvalidDataException>(() => Yaml.Read("a: |\n  text\n"));
        Assert.Throws<InvalidDataException>(() => Yaml.Read("a: {b: c}\n"));
        Assert.Throws<InvalidDataException>(() => Yaml.Read("a: b\n   c: d\n"));
    }

    /// <summary>Kind and name of every object, and the containers of workloads.</summary>
    private static IEnumerable<string> Names(string folder)
    {
        foreach (var one in Directory.GetFiles(folder, "*.yaml").Where(path => Path.GetFileName(path) != "kustomization.yaml").SelectMany(Read))
        {
            yield return $"{one["kind"]} {one["metadata"]!["name"]}";
            foreach (var container in one["spec"]?["template"]?["spec"]?["containers"]?.AsArray() ?? [])
            {
                yield return $"container {container!["name"]}";
            }
        }
    }

    private static IReadOnlyList<JsonNode> Read(string path) => Yaml.Read(File.ReadAllText(path));
}
