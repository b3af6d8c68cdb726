using Bandstand.Api;

namespace Bandstand.Tests.Http;

/// <summary>What can be said on the command line and in the environment.</summary>
public sealed class HostArgumentsTests
{
    [Fact]
    public void Nothing_said_means_loopback_without_keys()
    {
        var arguments = Parse();
        Assert.Equal(["http://127.0.0.1:5080"], arguments.Urls);
        Assert.Equal(Path.GetFullPath("data"), arguments.DataFolder);
        Assert.True(arguments.Collect);
        Assert.False(arguments.KeepEvents);
        Assert.Null(arguments.Api.AdminKey);
        Assert.Empty(arguments.Api.AllowedOrigins);
    }

    [Fact]
    public void Everything_can_be_said()
    {
        var arguments = Parse(
            "--urls", "http://0.0.0.0:80;http://[::1]:81", "--data=/tmp/x", "--admin-key", "A", "--client-key=C",
            "--allow-origin", "https://a.example", "--allow-origin=http://localhost:3000", "--keep-events", "--collect", "false");
        Assert.Equal(["http://0.0.0.0:80", "http://[::1]:81"], arguments.Urls);
        Assert.Equal("/tmp/x", arguments.DataFolder);
        Assert.Equal(("A", "C"), (arguments.Api.AdminKey, arguments.Api.ClientKey));
        Assert.Equal(["https://a.example", "http://localhost:3000"], arguments.Api.AllowedOrigins);
        Assert.True(arguments.KeepEvents);
        Assert.False(arguments.Collect);
    }

    [Fact]
    public void The_environment_says_what_the_command_line_does_not()
    {
        Dictionary<string, string> environment = new()
        {
            ["BANDSTAND_ADMIN_KEY"] = "A",
            ["BANDSTAND_CLIENT_KEY"] = "C",
            ["BANDSTAND_URLS"] = "http://10.0.0.1:80",
            ["BANDSTAND_ALLOW_ORIGIN"] = "https://a.example,https://b.example",
            ["BANDSTAND_COLLECT"] = "false",
        };
        Assert.True(HostArguments.TryParse(["--client-key", "D"], environment.GetValueOrDefault, out var arguments, out _));
        Assert.Equal(("A", "D"), (arguments.Api.AdminKey, arguments.Api.ClientKey));
        Assert.Equal(["http://10.0.0.1:80"], arguments.Urls);
        Assert.Equal(2, arguments.Api.AllowedOrigins.Count);
        Assert.False(arguments.Collect);
    }

    [Theory]
    [InlineData("http://localhost:5080")]
    [InlineData("http://127.0.0.1:0")]
    [InlineData("http://[::1]:5080")]
    [InlineData("http://127.8.8.8:1")]
    [InlineData("http://unix:/tmp/bandstand.sock")]
    public void Loopback_needs_no_key(string url) => Assert.Equal([url], Parse("--urls", url).Urls);

    [Theory]
    [InlineData("http://0.0.0.0:5080")]
    [InlineData("http://*:5080")]
    [InlineData("http://+:5080")]
    [InlineData("http://[::]:5080")]
    [InlineData("http://10.0.0.1:5080")]
    [InlineData("http://bandstand.example")]
    [InlineData("http://localhost.example:5080")]
    [InlineData("http://127.0.0.1:5080;http://0.0.0.0:5081")]
    public void Anywhere_else_does(string urls)
    {
        Assert.Contains("--admin-key", Fault("--urls", urls), StringComparison.Ordinal);
        Assert.NotNull(Parse("--urls", urls, "--admin-key", "A"));
    }

    [Theory]
    [InlineData("--adminkey", "x")]
    [InlineData("data")]
    [InlineData("-d", "x")]
    [InlineData("--data")]
    [InlineData("--data", "")]
    [InlineData("--admin-key", "--client-key")]
    [InlineData("--admin-key", "A", "--admin-key", "B")]
    [InlineData("--admin-key", "has space")]
    [InlineData("--admin-key", "")]
    [InlineData("--client-key", "C")]
    [InlineData("--admin-key", "A", "--client-key", "A")]
    [InlineData("--urls", "nonsense")]
    [InlineData("--urls", "")]
    [InlineData("--urls", "https://127.0.0.1:5080")]
    [InlineData("--urls", "http://127.0.0.1:5080/path")]
    [InlineData("--urls", "http://127.0.0.1:99999")]
    [InlineData("--allow-origin", "shop.example")]
    [InlineData("--allow-origin", "https://shop.example/")]
    [InlineData("--collect", "no")]
    [InlineData("--collect")]
    [InlineData("--keep-events=maybe")]
    public void What_cannot_be_is_said_in_one_line(params string[] args)
    {
        var fault = Fault(args);
        Assert.NotEmpty(fault);
        Assert.DoesNotContain("\n", fault, StringComparison.Ordinal);
    }

    private static HostArguments Parse(params string[] args)
    {
        Assert.True(HostArguments.TryParse(args, _ => null, out var arguments, out var error), error);
        return arguments;
    }

    private static string Fault(params string[] args)
    {
        Assert.False(HostArguments.TryParse(args, _ => null, out _, out var error));
        return error;
    }
}
