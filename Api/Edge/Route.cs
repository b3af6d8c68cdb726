using Microsoft.AspNetCore.Http;

namespace Bandstand.Api;

/// <summary>One method at one path: how it is served, and what the description of the API says of it.</summary>
/// <param name="Method">Upper case. GET serves HEAD too.</param>
/// <param name="Pattern">The path with its parameters in braces.</param>
/// <param name="Access">Who may call.</param>
/// <param name="Handler">Serves it.</param>
internal sealed record Route(string Method, string Pattern, Access Access, RequestDelegate Handler)
{
    /// <summary>A unique name, which generated clients use.</summary>
    public required string Name { get; init; }

    /// <summary>What it does, in a sentence.</summary>
    public required string Summary { get; init; }

    /// <summary>The heading it stands under.</summary>
    public required string Tag { get; init; }

    /// <summary>Query and header parameters. Query parameters that are not listed are refused.</summary>
    public IReadOnlyList<Parameter> Parameters { get; init; } = [];

    /// <summary>What the body may be.</summary>
    public IReadOnlyList<Content> Body { get; init; } = [];

    /// <summary>True when the body may be left out.</summary>
    public bool BodyOptional { get; init; }

    /// <summary>What is answered when it is done, by status.</summary>
    public required IReadOnlyList<Reply> Replies { get; init; }

    /// <summary>Statuses of problems beyond those that every endpoint of its shape can give.</summary>
    public IReadOnlyList<int> Problems { get; init; } = [];
}

/// <summary>A query or header parameter.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Schema">Its schema as JSON text.</param>
/// <param name="Description">What it means.</param>
/// <param name="In"><c>query</c> or <c>header</c>.</param>
internal sealed record Parameter(string Name, string Schema, string Description, string In = "query");

/// <summary>One media type a body may have.</summary>
/// <param name="MediaType">Such as <c>application/json</c>.</param>
/// <param name="Schema">The name of a schema, or JSON text of one.</param>
internal sealed record Content(string MediaType, string Schema)
{
    public static Content Json(string schema) => new("application/json", schema);
}

/// <summary>What is answered when it is done.</summary>
/// <param name="Status">The status.</param>
/// <param name="Description">When.</param>
/// <param name="Content">The bodies there may be.</param>
internal sealed record Reply(int Status, string Description, params Content[] Content);
