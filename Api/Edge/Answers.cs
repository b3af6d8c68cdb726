using System.Text.Json;
using Bandstand.Ports;
using Microsoft.AspNetCore.Http;

namespace Bandstand.Api;

/// <summary>Turns answers of <see cref="IExperiments"/> into responses.</summary>
internal static class Answers
{
    /// <summary>The value as JSON, or the refusal as a problem.</summary>
    public static Task Write<T>(HttpContext context, in Answer<T> answer, Action<Utf8JsonWriter, T> write, int status = 200)
    {
        if (answer.IsRefused)
        {
            return Problems.Write(context, answer.Refusal);
        }

        using var json = JsonOutput.Rent();
        write(json.Writer, answer.Value);
        return json.Send(context, status);
    }

    /// <summary>One page as JSON, or the refusal as a problem.</summary>
    public static Task WritePage<T>(HttpContext context, in Answer<Page<T>> answer, Action<Utf8JsonWriter, T> write)
    {
        if (answer.IsRefused)
        {
            return Problems.Write(context, answer.Refusal);
        }

        using var json = JsonOutput.Rent();
        json.Writer.WritePage(answer.Value, write);
        return json.Send(context, 200);
    }
}
