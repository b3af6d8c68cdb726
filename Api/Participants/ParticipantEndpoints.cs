using Bandstand.Participants;
using Microsoft.AspNetCore.Http;

namespace Bandstand.Api;

/// <summary>What is held about one person, and its erasure.</summary>
internal sealed class ParticipantEndpoints(ApiParts parts)
{
    private const string Tag = "Participants";

    public IEnumerable<Route> Routes =>
    [
        new("GET", "/v1/participants/{identity}", Access.Admin, Get)
        {
            Name = "getParticipant",
            Tag = Tag,
            Summary = "All that is held about an identity, over all experiments.",
            Replies = [new(200, "All that is held.", Content.Json("Participant"))],
            Problems = [422],
        },
        new("DELETE", "/v1/participants/{identity}", Access.Admin, Erase)
        {
            Name = "eraseParticipant",
            Tag = Tag,
            Summary = "Erases all that is held about an identity, with its share of the statistics.",
            Replies = [new(200, "What was held.", Content.Json("Participant"))],
            Problems = [422],
        },
    ];

    private async Task Get(HttpContext context)
    {
        var identity = Paths.LastPart(context);
        await Answers.Write(
            context,
            identity.IsRefused ? identity.To<ParticipantView>() : await parts.Experiments.Participant(identity.Value, context.RequestAborted),
            ParticipantJson.Write);
    }

    private async Task Erase(HttpContext context)
    {
        var identity = Paths.LastPart(context);
        await Answers.Write(
            context,
            identity.IsRefused ? identity.To<ParticipantView>() : await parts.Experiments.Erase(identity.Value, context.RequestAborted),
            ParticipantJson.Write);
    }
}
