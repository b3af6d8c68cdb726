using System.Net;
using Bandstand.Silo.Settings;
using Microsoft.Extensions.Configuration;

namespace Bandstand.Tests.Cluster.Silo;

public sealed class SiloSettingsTests
{
    [Fact]
    public void Nothing_said_is_one_machine_and_one_file()
    {
        var settings = Read([]);

        Assert.Equal(("sqlite", "sqlite", IPAddress.Loopback), (settings.Clustering, settings.Storage, settings.Address));
        Assert.Null(settings.SiloPort);
    }

    [Theory]
    [InlineData("Silo:Clustering=etcd", "clustering 'etcd' is not known. Set Silo__Clustering to one of sqlite, redis, azure.")]
    [InlineData("Silo:Clustering=memory", "clustering 'memory' is not known. Set Silo__Clustering to one of sqlite, redis, azure.")]
    [InlineData("Silo:Storage=s3", "storage 's3' is not known. Set Silo__Storage to one of sqlite, redis, azure, memory.")]
    [InlineData("Silo:Clustering=redis;POD_IP=10.0.0.1", "'redis' needs a connection string. Set ConnectionStrings__Redis, such as localhost:6379.")]
    [InlineData("Silo:Storage=azure", "'azure' needs a connection string. Set ConnectionStrings__Azure to that of the storage account (UseDevelopmentStorage=true for Azurite).")]
    [InlineData("Silo:Clustering=redis;ConnectionStrings:Redis=r:1", "The other silos must know where to reach this one. Set Silo__Address to its IP address (in a pod, POD_IP from status.podIP).")]
    [InlineData("Silo:Clustering=redis;Silo:Storage=sqlite;Silo:Address=10.0.0.1;ConnectionStrings:Redis=r:1", "storage 'sqlite' is one machine's file, but clustering 'redis' joins several. Set Silo__Storage to redis or azure.")]
    [InlineData("KUBERNETES_SERVICE_HOST=10.0.0.1", "clustering 'sqlite' is for the silos of one machine, and pods share none. Set Silo__Clustering to redis or azure.")]
    [InlineData("Silo:Port=0", "'0' is no port. Set Silo__Port to a number from 1 to 65535.")]
    [InlineData("Silo:Address=here", "'here' is no IP address. Set Silo__Address to the one where the other silos reach this one.")]
    public void What_does_not_fit_says_what_to_set(string values, string message)
        => Assert.Equal(message, Assert.Throws<SiloSettingsException>(() => Read(values.Split(';'))).Message);

    [Fact]
    public void A_pod_takes_its_name_and_address_from_itself()
    {
        var settings = Read(["KUBERNETES_SERVICE_HOST=10.0.0.1", "POD_NAME=bandstand-2", "POD_IP=10.1.2.3", "Silo:Clustering=redis", "ConnectionStrings:Redis=redis:6379"]);

        Assert.Equal(("bandstand-2", IPAddress.Parse("10.1.2.3"), "redis"), (settings.SiloName, settings.Address, settings.Storage));
    }

    [Fact]
    public void The_silos_own_options_are_parted_from_the_shared_ones()
    {
        var (silo, shared) = SiloSettingsReader.Split(["--urls", "http://127.0.0.1:5081", "--clustering", "redis", "--silo-port=7", "--data", "d"]);

        Assert.Equal(["--clustering", "redis", "--silo-port=7"], silo);
        Assert.Equal(["--urls", "http://127.0.0.1:5081", "--data", "d"], shared);
        Assert.Equal("redis", SiloSettingsReader.Configuration(silo)["Silo:Clustering"]);
        Assert.Equal("7", SiloSettingsReader.Configuration(silo)["Silo:Port"]);
    }

    private static SiloSettings Read(string[] values)
        => SiloSettingsReader.Read(
            new ConfigurationBuilder().AddInMemoryCollection(values.Select(value => value.Split('=', 2)).ToDictionary(pair => pair[0], pair => (string?)pair[1])).Build(), "data");
}
