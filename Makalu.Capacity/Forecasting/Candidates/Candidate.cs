namespace Makalu.Capacity.Forecasting.Candidates;

/// <summary>One simple forecaster of the pool. Stateless; safe to share between threads.</summary>
internal abstract class Candidate
{
    /// <summary>The name that reports use.</summary>
    public abstract string Name { get; }

    /// <summary>Whether the forecast is on the scale of the observations; otherwise it is on the transformed scale.</summary>
    public virtual bool OnOriginalScale => false;

    /// <summary>Whether the candidate's transformed scale is the logarithm, whatever the others work on: it learned on that.</summary>
    public virtual bool IsOnLogarithm => false;

    /// <summary>Whether the candidate is there for noisy series only, at its place in the pool.</summary>
    public virtual bool IsForNoise(SeasonLengths seasons) => false;

    /// <summary>The fewest observations from which this candidate may forecast, or <see cref="int.MaxValue"/> when it needs a season that is not there.</summary>
    public abstract int MinimumHistory(SeasonLengths seasons);

    /// <summary>Forecasts <see cref="CandidateInput.Horizon"/> values from the history alone.</summary>
    public abstract double[] Forecast(in CandidateInput input);
}
