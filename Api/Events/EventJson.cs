using System.Text.Json;
using Bandstand.Events;

namespace Bandstand.Api;

/// <summary>Receipts as JSON.</summary>
internal static class EventJson
{
    public static void Write(Utf8JsonWriter writer, EventReceipt receipt)
    {
        writer.WriteStartObject();
        writer.WriteNumber("accepted"u8, receipt.Accepted);
        writer.WriteNumber("duplicates"u8, receipt.Duplicates);
        writer.WriteNumber("ignored"u8, receipt.Ignored);
        writer.WriteNumber("rejectedCount"u8, receipt.RejectedCount);
        writer.WriteObjects("rejected"u8, receipt.Rejected, static (writer, rejected) =>
        {
            writer.WriteNumber("line"u8, rejected.Line);
            writer.WriteString("code"u8, rejected.Code);
            writer.WriteString("detail"u8, rejected.Detail);
        });
        writer.WriteEndObject();
    }
}
