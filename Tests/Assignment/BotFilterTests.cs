using System.Text.Json;
using Bandstand.Assignment;

namespace Bandstand.Tests.Assignment;

public class BotFilterTests
{
    [Theory]
    [InlineData("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", true)]
    [InlineData("BOT", true)]
    [InlineData("Baiduspider", true)]
    [InlineData("my CrAwLeR", true)]
    [InlineData("agent (https://example.org)", true)]
    [InlineData("HTTP://x", true)]
    [InlineData("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36", false)]
    [InlineData("robust browser", false)]
    [InlineData("", false)]
    public void Bots_are_told_by_their_user_agent(string userAgent, bool isBot)
    {
        Assert.Equal(isBot, BotFilter.IsBot(userAgent));
        Assert.Equal(isBot, BotFilter.IsBot(Attributes($$"""{"country":"DE","userAgent":{{JsonSerializer.Serialize(userAgent)}}}""")));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"userAgent":null}""")]
    [InlineData("""{"userAgent":["bot"]}""")]
    [InlineData("""{"UserAgent":"bot"}""")]
    [InlineData("[]")]
    public void Who_sends_no_user_agent_is_no_bot(string attributes)
    {
        Assert.False(BotFilter.IsBot(Attributes(attributes)));
        Assert.False(BotFilter.IsBot((JsonElement?)null));
    }

    private static JsonElement? Attributes(string json) => JsonDocument.Parse(json).RootElement;
}
