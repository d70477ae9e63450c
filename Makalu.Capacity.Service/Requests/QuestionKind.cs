namespace Makalu.Capacity.Service.Requests;

/// <summary>What is asked.</summary>
internal enum QuestionKind
{
    /// <summary>What to set.</summary>
    Recommendation,

    /// <summary>What comes.</summary>
    Forecast,

    /// <summary>What to set if something were otherwise.</summary>
    WhatIf,
}
