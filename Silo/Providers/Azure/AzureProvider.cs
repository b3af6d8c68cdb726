using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Bandstand.Grains.Journal;
using Bandstand.Silo.Settings;
using Orleans.Clustering.AzureStorage;
using Orleans.Configuration;
using Orleans.Storage;

namespace Bandstand.Silo.Providers.Azure;

/// <summary>Membership in a table and state in blobs of an Azure Storage account.</summary>
internal sealed class AzureProvider : IClusterProvider
{
    private const string Container = "bandstand";

    public string Name => "azure";

    public void UseClustering(ISiloBuilder silo, SiloSettings settings)
        => silo.UseAzureStorageClustering((AzureStorageClusteringOptions options) => options.TableServiceClient = Make(() => new TableServiceClient(settings.AzureConnection)));

    public void UseStorage(ISiloBuilder silo, SiloSettings settings, string name)
    {
        silo.Services.AddOptions<AzureBlobStorageOptions>(name).Configure<IServiceProvider>((options, services) =>
            options.GrainStorageSerializer = new StoredBytesSerializer(services.GetRequiredService<IGrainStorageSerializer>()));
        silo.AddAzureBlobGrainStorage(name, (AzureBlobStorageOptions options) =>
        {
            options.BlobServiceClient = Make(() => new BlobServiceClient(settings.AzureConnection));
            options.ContainerName = Container;
        });
    }

    private static T Make<T>(Func<T> make)
    {
        try
        {
            return make();
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            throw new SiloSettingsException($"ConnectionStrings__Azure cannot be read ({e.Message}). Copy it from the storage account's access keys.");
        }
    }
}
