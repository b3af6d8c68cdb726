using System.Text.Json;

namespace Bandstand.Assignment;

/// <summary>Why somebody gets what they get, in the order in which the checks are made.</summary>
public enum AssignmentReason
{
    /// <summary>The experiment is over: the outcome.</summary>
    Completed,

    /// <summary>The experiment is a draft or disabled: the default.</summary>
    Disabled,

    /// <summary>Forced by hand; never counted.</summary>
    Forced,

    /// <summary>A bot by its user agent: the default.</summary>
    Filtered,

    /// <summary>Assigned before: the same again.</summary>
    Sticky,

    /// <summary>The targeting condition does not hold: the default.</summary>
    NotTargeted,

    /// <summary>Outside the experiment's slice of its layer: the default.</summary>
    Excluded,

    /// <summary>Outside the fraction of traffic: the default.</summary>
    NotInTraffic,

    /// <summary>Drawn now from the epoch's weights and stored.</summary>
    Assigned,
}

/// <summary>A question for an alternative.</summary>
/// <param name="Identity">Who: 1 to 1 024 bytes of UTF-8.</param>
/// <param name="Attributes">A JSON object of attributes, or null. <c>userAgent</c> filters bots.</param>
/// <param name="Record">False: only look, store nothing.</param>
public readonly record struct AssignmentRequest(string Identity, JsonElement? Attributes = null, bool Record = true);

/// <summary>Who gets what and why.</summary>
/// <param name="Experiment">The experiment's id.</param>
/// <param name="Identity">As asked.</param>
/// <param name="Alternative">The alternative's key.</param>
/// <param name="Value">The alternative's value, as JSON text.</param>
/// <param name="Reason">Which check decided.</param>
/// <param name="New">True when this call stored the assignment.</param>
/// <param name="Epoch">The epoch of the first assignment; null unless assigned or sticky.</param>
/// <param name="Probability">The probability of this alternative in that epoch, 0 to 1; null unless assigned or sticky.</param>
/// <param name="Fingerprint">Ten hex digits that name the alternative in links.</param>
public readonly record struct AssignmentResult(
    string Experiment,
    string Identity,
    string Alternative,
    string Value,
    AssignmentReason Reason,
    bool New,
    int? Epoch,
    double? Probability,
    string Fingerprint);
