namespace Bandstand.Grains;

/// <summary>The grain storage that a silo must register.</summary>
public static class StorageNames
{
    /// <summary>Holds everything of Bandstand. It must refuse a write whose ETag is not the stored one.</summary>
    public const string Bandstand = "bandstand";
}
