using System.Globalization;
using System.Text.Json.Nodes;
using Bandstand.Api;

namespace Bandstand.Tests.Deploy;

/// <summary>Every overlay as <c>kubectl apply -k</c> would send it, held to what a silo reads and to itself.</summary>
public sealed class OverlayTests
{
    private static readonly string Overlays = Path.Combine(Repository.Root, "deploy", "kubernetes", "overlays");

    public static TheoryData<string> Names() => new(Directory.GetDirectories(Overlays).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_silo_starts_with_the_settings_of_an_overlay_and_reads_every_one(string overlay)
    {
        var environment = new PodEnvironment(Container(await Render(overlay)));
        var silo = environment.SiloSettings();
        var host = environment.HostArguments();

        Assert.Equal((overlay, overlay), (silo.Clustering, silo.Storage));
        Assert.Equal(("bandstand-5b8f-x2k9q", "10.1.2.3"), (silo.SiloName, silo.Address.ToString()));
        Assert.NotNull(host.Api.AdminKey);
        Assert.NotNull(host.Api.ClientKey);
        Assert.Empty(environment.Unread);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Ports_are_those_where_the_silo_listens(string overlay)
    {
        var objects = await Render(overlay);
        var environment = new PodEnvironment(Container(objects));
        var ports = Container(objects)["ports"]!.AsArray().ToDictionary(port => port!["name"]!.ToString(), port => Number(port!["containerPort"]));

        Assert.Equal(new Uri(environment.HostArguments().Urls[0].Replace("*", "localhost", StringComparison.Ordinal)).Port, ports["http"]);
        Assert.Equal((environment.SiloSettings().SiloPort, environment.SiloSettings().GatewayPort), (ports["silo"], ports["gateway"]));
        string[] used =
        [
            .. Only(objects, "Service")["spec"]!["ports"]!.AsArray().Select(port => port!["targetPort"]!.ToString()),
            .. Only(objects, "NetworkPolicy")["spec"]!["ingress"]!.AsArray().SelectMany(rule => rule!["ports"]!.AsArray()).Select(port => port!["port"]!.ToString()),
            .. Probes(objects).Select(probe => probe["httpGet"]!["port"]!.ToString()),
        ];
        Assert.Empty(used.Except(ports.Keys));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Secrets_are_named_and_not_given_and_the_docs_say_how_to_make_them(string overlay)
    {
        var objects = await Render(overlay);
        var docs = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "cluster.md"), TestContext.Current.CancellationToken);

        Assert.DoesNotContain(objects, one => one["kind"]!.ToString() == "Secret");
        foreach (var (name, key) in new PodEnvironment(Container(objects)).Secrets)
        {
            var command = docs.Split('\n').FirstOrDefault(line => line.Contains($"create secret generic {name} ", StringComparison.Ordinal));
            Assert.Contains($"--from-literal={key}=", command, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Everything_selects_the_silos_and_uses_what_there_is(string overlay)
    {
        var objects = await Render(overlay);
        var deployment = Only(objects, "Deployment")["spec"]!;
        var pod = deployment["template"]!["spec"]!;
        var labels = deployment["template"]!["metadata"]!["labels"]!;

        JsonNode[] selectors =
        [
            deployment["selector"]!["matchLabels"]!,
            Only(objects, "Service")["spec"]!["selector"]!,
            Only(objects, "PodDisruptionBudget")["spec"]!["selector"]!["matchLabels"]!,
            Only(objects, "NetworkPolicy")["spec"]!["podSelector"]!["matchLabels"]!,
            .. pod["topologySpreadConstraints"]!.AsArray().Select(spread => spread!["labelSelector"]!["matchLabels"]!),
        ];
        Assert.All(selectors, selector => Assert.True(JsonNode.DeepEquals(labels, selector), selector.ToJsonString()));
        Assert.Equal(Only(objects, "ServiceAccount")["metadata"]!["name"]!.ToString(), pod["serviceAccountName"]!.ToString());
        Assert.Equal(
            pod["volumes"]!.AsArray().Select(volume => volume!["name"]!.ToString()),
            Container(objects)["volumeMounts"]!.AsArray().Select(mount => mount!["name"]!.ToString()));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_silo_has_time_to_leave_and_is_asked_where_it_answers(string overlay)
    {
        var objects = await Render(overlay);
        var pause = Number(Container(objects)["lifecycle"]!["preStop"]!["sleep"]!["seconds"]);
        var grace = Number(Only(objects, "Deployment")["spec"]!["template"]!["spec"]!["terminationGracePeriodSeconds"]);

        Assert.True(grace > pause + BandstandHost.ShutdownTimeout.TotalSeconds, $"{grace} s are too short: the pause is {pause} s, and the host waits for {BandstandHost.ShutdownTimeout}.");
        Assert.Equal(["/readyz", "/readyz", "/healthz"], Probes(objects).Select(probe => probe["httpGet"]!["path"]!.ToString()));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_silo_may_do_nothing_that_it_need_not(string overlay)
    {
        var objects = await Render(overlay);
        var pod = Only(objects, "Deployment")["spec"]!["template"]!["spec"]!;
        var container = Container(objects)["securityContext"]!;

        Assert.Equal(("true", "1654"), (pod["securityContext"]!["runAsNonRoot"]!.ToString(), pod["securityContext"]!["runAsUser"]!.ToString()));
        Assert.Equal("false", pod["automountServiceAccountToken"]!.ToString());
        Assert.Equal(("false", "true"), (container["allowPrivilegeEscalation"]!.ToString(), container["readOnlyRootFilesystem"]!.ToString()));
        Assert.Equal("""["ALL"]""", container["capabilities"]!["drop"]!.ToJsonString());
    }

    private static async Task<IReadOnlyList<JsonNode>> Render(string overlay)
        => Yaml.Read(await Kubectl.Kustomize(Path.Combine(Overlays, overlay), TestContext.Current.CancellationToken));

    private static JsonNode Only(IEnumerable<JsonNode> objects, string kind) => Assert.Single(objects, one => one["kind"]!.ToString() == kind);

    private static JsonNode Container(IEnumerable<JsonNode> objects)
        => Assert.Single(Only(objects, "Deployment")["spec"]!["template"]!["spec"]!["containers"]!.AsArray())!;

    private static IEnumerable<JsonNode> Probes(IEnumerable<JsonNode> objects)
        => new[] { "startupProbe", "readinessProbe", "livenessProbe" }.Select(probe => Container(objects)[probe]!);

    private static int Number(JsonNode? node) => int.Parse(node!.ToString(), CultureInfo.InvariantCulture);
}
