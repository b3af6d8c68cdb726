using Bandstand.Silo;

namespace Bandstand.Tests.Cluster.Silo;

/// <summary>The silo as it is started from a command line.</summary>
public sealed class SiloProgramTests
{
    [Fact]
    public async Task A_store_that_cannot_be_reached_is_one_line_and_code_1()
    {
        using var folder = new TempFolder();
        using var output = new StringWriter();
        using var error = new StringWriter();
        string[] args = ["--data", folder.Path, "--urls", "http://127.0.0.1:0", "--clustering", "redis", "--silo-address", "127.0.0.1"];
        Environment.SetEnvironmentVariable("ConnectionStrings__Redis", "127.0.0.1:1,asyncTimeout=100,connectTimeout=100");

        var code = await SiloProgram.Run(args, output, error);
        Environment.SetEnvironmentVariable("ConnectionStrings__Redis", null);

        Assert.Equal((1, ""), (code, output.ToString()));
        var line = Assert.Single(error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("The silo cannot start (", line, StringComparison.Ordinal);
        Assert.Contains("See whether redis can be reached from here with the connection that is set, then start again", line, StringComparison.Ordinal);
    }
}
