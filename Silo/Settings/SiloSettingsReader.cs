using System.Globalization;
using System.Net;

namespace Bandstand.Silo.Settings;

/// <summary>
/// Reads <see cref="SiloSettings"/> from the usual .NET configuration (section <c>Silo</c>, connection strings), the
/// command line and, in a pod, the pod's own variables. Everything that does not fit is said with its remedy.
/// </summary>
internal static class SiloSettingsReader
{
    /// <summary>One line for the usage text.</summary>
    public const string Usage =
        "Silo options: --clustering sqlite|redis|azure --storage sqlite|redis|azure|memory --cluster-id ID --service-id ID --silo-name NAME --silo-address IP --silo-port PORT --gateway-port PORT";

    private static readonly Dictionary<string, string> Switches = new(StringComparer.Ordinal)
    {
        ["--clustering"] = "Silo:Clustering",
        ["--storage"] = "Silo:Storage",
        ["--cluster-id"] = "Silo:ClusterId",
        ["--service-id"] = "Silo:ServiceId",
        ["--silo-name"] = "Silo:Name",
        ["--silo-address"] = "Silo:Address",
        ["--silo-port"] = "Silo:Port",
        ["--gateway-port"] = "Silo:GatewayPort",
    };

    private static readonly string[] Clusterings = ["sqlite", "redis", "azure"];
    private static readonly string[] Storages = ["sqlite", "redis", "azure", "memory"];

    /// <summary>Parts the silo's own options from those that Server and Silo share.</summary>
    public static (string[] Silo, string[] Shared) Split(IReadOnlyList<string> args)
    {
        List<string> silo = [], shared = [];
        for (var i = 0; i < args.Count; i++)
        {
            var name = args[i].Split('=')[0];
            var target = Switches.ContainsKey(name) ? silo : shared;
            target.Add(args[i]);
            if (target == silo && name == args[i] && i + 1 < args.Count)
            {
                target.Add(args[++i]);
            }
        }

        return ([.. silo], [.. shared]);
    }

    /// <summary>Settings from the silo's options, environment variables and <c>appsettings.json</c>, in this order.</summary>
    public static IConfiguration Configuration(string[] siloArgs) => new ConfigurationBuilder()
        .AddJsonFile(Path.GetFullPath("appsettings.json"), optional: true)
        .AddEnvironmentVariables()
        .AddCommandLine(siloArgs, Switches)
        .Build();

    /// <exception cref="SiloSettingsException">Something does not fit; the message says what to set.</exception>
    public static SiloSettings Read(IConfiguration configuration, string dataFolder)
    {
        var silo = configuration.GetSection("Silo");
        var pod = configuration["KUBERNETES_SERVICE_HOST"] is not null;
        var settings = new SiloSettings { DataFolder = dataFolder };
        settings = settings with
        {
            Clustering = OneOf(silo, "Clustering", Clusterings, settings.Clustering),
            ClusterId = silo["ClusterId"] ?? settings.ClusterId,
            ServiceId = silo["ServiceId"] ?? settings.ServiceId,
            SiloName = silo["Name"] ?? configuration["POD_NAME"],
            RedisConnection = configuration.GetConnectionString("Redis"),
            AzureConnection = configuration.GetConnectionString("Azure"),
            SiloPort = Port(silo, "Port"),
            GatewayPort = Port(silo, "GatewayPort"),
        };
        settings = settings with
        {
            Storage = OneOf(silo, "Storage", Storages, settings.Clustering),
            Address = Address(silo["Address"] ?? configuration["POD_IP"], settings.SpansMachines),
        };
        Check(settings, pod);
        return settings;
    }

    private static void Check(SiloSettings settings, bool pod)
    {
        if (pod && !settings.SpansMachines)
        {
            throw new SiloSettingsException("clustering 'sqlite' is for the silos of one machine, and pods share none. Set Silo__Clustering to redis or azure.");
        }

        if (settings.SpansMachines && settings.Storage == "sqlite")
        {
            throw new SiloSettingsException($"storage 'sqlite' is one machine's file, but clustering '{settings.Clustering}' joins several. Set Silo__Storage to redis or azure.");
        }

        if (settings.RedisConnection is null && (settings.Clustering == "redis" || settings.Storage == "redis"))
        {
            throw new SiloSettingsException("'redis' needs a connection string. Set ConnectionStrings__Redis, such as localhost:6379.");
        }

        if (settings.AzureConnection is null && (settings.Clustering == "azure" || settings.Storage == "azure"))
        {
            throw new SiloSettingsException("'azure' needs a connection string. Set ConnectionStrings__Azure to that of the storage account (UseDevelopmentStorage=true for Azurite).");
        }
    }

    private static string OneOf(IConfigurationSection silo, string name, string[] known, string otherwise)
        => silo[name] is not { } value ? otherwise
            : known.Contains(value) ? value
            : throw new SiloSettingsException($"{name.ToLowerInvariant()} '{value}' is not known. Set Silo__{name} to one of {string.Join(", ", known)}.");

    private static int? Port(IConfigurationSection silo, string name)
        => silo[name] is not { } value ? null
            : int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= ushort.MaxValue ? port
            : throw new SiloSettingsException($"'{value}' is no port. Set Silo__{name} to a number from 1 to 65535.");

    private static IPAddress Address(string? value, bool spansMachines)
        => value is null
            ? spansMachines
                ? throw new SiloSettingsException("The other silos must know where to reach this one. Set Silo__Address to its IP address (in a pod, POD_IP from status.podIP).")
                : IPAddress.Loopback
            : IPAddress.TryParse(value, out var address) ? address
            : throw new SiloSettingsException($"'{value}' is no IP address. Set Silo__Address to the one where the other silos reach this one.");
}

/// <summary>The settings do not fit together. The message says what to set.</summary>
#pragma warning disable CA1032, CA1064 // Caught in Main, where it becomes one line.
internal sealed class SiloSettingsException(string message) : Exception(message);
#pragma warning restore CA1032, CA1064
