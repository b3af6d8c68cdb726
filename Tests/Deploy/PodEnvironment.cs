using System.Text.Json.Nodes;
using Bandstand.Api;
using Bandstand.Silo.Settings;

namespace Bandstand.Tests.Deploy;

/// <summary>What a container of the manifests finds in its environment, read exactly as the silo reads it.</summary>
internal sealed class PodEnvironment
{
    private static readonly Dictionary<string, string> FromPod = new(StringComparer.Ordinal)
    {
        ["metadata.name"] = "bandstand-5b8f-x2k9q",
        ["status.podIP"] = "10.1.2.3",
    };

    private readonly Dictionary<string, string> variables = new(StringComparer.Ordinal) { ["KUBERNETES_SERVICE_HOST"] = "10.0.0.1" };
    private readonly HashSet<string> asked = new(StringComparer.OrdinalIgnoreCase);

    public PodEnvironment(JsonNode container)
    {
        foreach (var variable in container["env"]!.AsArray())
        {
            var name = variable!["name"]!.ToString();
            var source = variable["valueFrom"];
            Named.Add(name);
            variables.Add(name, variable["value"]?.ToString()
                ?? (source?["fieldRef"] is { } field ? FromPod[field["fieldPath"]!.ToString()] : $"secret-{source!["secretKeyRef"]!["name"]}-{source["secretKeyRef"]!["key"]}"));
            if (source?["secretKeyRef"] is { } secret)
            {
                Secrets.Add((secret["name"]!.ToString(), secret["key"]!.ToString()));
            }
        }
    }

    public List<string> Named { get; } = [];

    public List<(string Name, string Key)> Secrets { get; } = [];

    /// <summary>What was given and nobody asked for, after both were read.</summary>
    public IEnumerable<string> Unread => Named.Where(name => !asked.Contains(name.Replace("__", ":", StringComparison.Ordinal)));

    public HostArguments HostArguments()
    {
        Assert.True(Api.HostArguments.TryParse([], Get, out var arguments, out var error), error);
        return arguments;

        string? Get(string name)
        {
            asked.Add(name);
            return variables.GetValueOrDefault(name);
        }
    }

    public SiloSettings SiloSettings()
    {
        var values = variables.ToDictionary(pair => pair.Key.Replace("__", ":", StringComparison.Ordinal), pair => pair.Value, StringComparer.OrdinalIgnoreCase);
        return SiloSettingsReader.Read(new ConfigurationBuilder().Add(new Source(values, asked)).Build(), "data");
    }

    private sealed class Source(Dictionary<string, string> values, HashSet<string> asked) : ConfigurationProvider, IConfigurationSource
    {
        public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

        public override bool TryGet(string key, out string? value)
        {
            asked.Add(key);
            return values.TryGetValue(key, out value);
        }
    }
}
