using System.ComponentModel;
using System.Diagnostics;

namespace Bandstand.Tests.Deploy;

/// <summary>kubectl, where it is there; it asks no cluster.</summary>
internal static class Kubectl
{
    /// <summary>Renders a folder as <c>kubectl apply -k</c> would; without kubectl the test that asks is skipped.</summary>
    /// <exception cref="InvalidOperationException">kustomize refuses it, and says why.</exception>
    public static async Task<string> Kustomize(string folder, CancellationToken cancellationToken)
    {
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo("kubectl", ["kustomize", folder]) { RedirectStandardOutput = true, RedirectStandardError = true },
        };
        try
        {
            process.Start();
        }
        catch (Win32Exception)
        {
            Assert.Skip("kubectl is not on this machine, so the overlays are not rendered.");
        }

        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0 ? output : throw new InvalidOperationException(await errors);
    }
}
