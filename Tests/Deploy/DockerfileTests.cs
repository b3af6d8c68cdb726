using System.Xml.Linq;

namespace Bandstand.Tests.Deploy;

/// <summary>The Dockerfile against the projects that it builds.</summary>
public sealed class DockerfileTests
{
    private static readonly string[] Lines = File.ReadAllLines(Path.Combine(Repository.Root, "deploy", "Dockerfile"));

    [Theory]
    [InlineData("Silo", "build-silo")]
    [InlineData("Server", "build-server")]
    public void A_build_copies_what_a_project_refers_to_and_nothing_else(string project, string stage)
    {
        var steps = Stage(stage);
        var restore = steps.FindIndex(step => step.StartsWith($"RUN dotnet restore {project}", StringComparison.Ordinal));
        var publish = steps.FindIndex(step => step.StartsWith($"RUN dotnet publish {project} ", StringComparison.Ordinal));
        var projects = Closure(project);

        Assert.InRange(restore, 0, publish);
        Assert.Equal(Sorted(projects.Select(RestoreFiles)), Sorted(Copied(steps[..restore])));
        Assert.Equal(Sorted(projects.Select(one => $"{one}/ {one}/")), Sorted(Copied(steps[restore..publish])));
    }

    [Fact]
    public void A_build_begins_with_the_files_that_every_project_imports()
    {
        var root = Directory.GetFiles(Repository.Root).Select(path => Path.GetFileName(path));
        var needed = root.Where(name => name is "global.json" or ".editorconfig" || name.StartsWith("Directory.", StringComparison.Ordinal)).Append("./");

        Assert.Equal(Sorted(needed), Sorted(Assert.Single(Copied(Stage("sources"))).Split(' ')));
    }

    [Theory]
    [InlineData("Silo")]
    [InlineData("Server")]
    public void An_image_runs_its_program_as_nobody_in_particular(string project)
    {
        var steps = Stage(project.ToLowerInvariant());

        Assert.Equal($"FROM runtime AS {project.ToLowerInvariant()}", steps[0]);
        Assert.Equal($"""ENTRYPOINT ["dotnet", "Bandstand.{project}.dll"]""", steps[^1]);
        Assert.Contains(steps, step => step.StartsWith($"COPY --from=build-{project.ToLowerInvariant()} ", StringComparison.Ordinal));
        Assert.DoesNotContain(steps, step => step.StartsWith("USER", StringComparison.Ordinal));
        Assert.Contains("USER 1654:1654", Stage("runtime"));
    }

    [Fact]
    public void Without_a_target_it_is_a_silo() => Assert.EndsWith(" AS silo", Lines.Last(line => line.StartsWith("FROM ", StringComparison.Ordinal)), StringComparison.Ordinal);

    private static List<string> Stage(string name)
    {
        var from = Array.FindIndex(Lines, line => line.StartsWith("FROM ", StringComparison.Ordinal) && line.EndsWith($" AS {name}", StringComparison.Ordinal));
        Assert.True(from >= 0, $"No stage {name}.");
        return [Lines[from], .. Lines.Skip(from + 1).TakeWhile(line => !line.StartsWith("FROM ", StringComparison.Ordinal)).Where(line => line.Length > 0 && line[0] != '#')];
    }

    private static IEnumerable<string> Copied(IEnumerable<string> steps) =>
        steps.Where(step => step.StartsWith("COPY ", StringComparison.Ordinal)).Select(step => step["COPY ".Length..]);

    private static string RestoreFiles(string project) =>
        string.Join(' ', new[] { $"{project}/{project}.csproj", $"{project}/packages.lock.json" }.Where(path => File.Exists(Path.Combine(Repository.Root, path))).Append($"{project}/"));

    private static IEnumerable<string> Sorted(IEnumerable<string> texts) => texts.Order(StringComparer.Ordinal);

    private static HashSet<string> Closure(string project)
    {
        HashSet<string> known = [project];
        var next = new Queue<string>(known);
        while (next.TryDequeue(out var one))
        {
            foreach (var reference in XDocument.Load(Path.Combine(Repository.Root, one, $"{one}.csproj")).Descendants("ProjectReference"))
            {
                var name = Path.GetFileNameWithoutExtension(((string)reference.Attribute("Include")!).Replace('\\', '/'));
                if (known.Add(name))
                {
                    next.Enqueue(name);
                }
            }
        }

        return known;
    }
}
