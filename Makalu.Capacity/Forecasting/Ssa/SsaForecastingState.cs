using System.Text;

namespace Makalu.Capacity.Forecasting.Ssa;

/// <summary>What an ML.NET transformer or engine forecasts from: settings, a fitted model, and the values that came in since. Mutable.</summary>
internal sealed class SsaForecastingState
{
    private const int Version = 1;
    private readonly List<double> _appended = [];
    private readonly List<double> _recent;
    private SsaTracker _tracker;
    private double[] _response = [];
    private double _variance = double.NaN;
    private int _sinceRefit;

    public SsaForecastingState(SsaForecastingSettings settings, SsaModel model)
    {
        Settings = settings;
        Origin = model;
        Model = model;
        _tracker = model.Track();
        _recent = [];
        if (settings.IsAdaptive)
        {
            foreach (double value in model.Decomposition.Centred)
            {
                _recent.Add(value + model.Decomposition.Mean);
            }
        }
    }

    public SsaForecastingSettings Settings { get; }

    /// <summary>The model as fitted on the training rows.</summary>
    public SsaModel Origin { get; }

    /// <summary>The model in use: refitted where the settings are adaptive.</summary>
    public SsaModel Model { get; private set; }

    public void Append(double value)
    {
        _appended.Add(value);
        if (Settings.IsAdaptive)
        {
            _recent.Add(double.IsNaN(value) ? _tracker.Forecast(1)[0] : value);
        }

        _tracker.Append(value);
        if (Settings.IsAdaptive && ++_sinceRefit >= Settings.WindowSize)
        {
            _sinceRefit = 0;
            _recent.RemoveRange(0, Math.Max(0, _recent.Count - Settings.SeriesLength));
            Model = Model.Refit(_recent.ToArray());
            _tracker = Model.Track();
            _response = [];
            _variance = double.NaN;
        }
    }

    /// <summary>Forecast and bounds of the recurrence's innovations: point ± z·σ·√(1 + Σψ²).</summary>
    public void Forecast(int horizon, double confidenceLevel, out float[] forecast, out float[] lower, out float[] upper)
    {
        double[] centre = _tracker.Forecast(horizon);
        if (_response.Length < horizon)
        {
            _response = Model.ImpulseResponse(horizon);
        }

        if (double.IsNaN(_variance))
        {
            _variance = Model.NoiseVariance;
        }

        double z = MathNet.Numerics.Distributions.Normal.InvCDF(0, 1, (1 + confidenceLevel) / 2);
        forecast = new float[horizon];
        lower = new float[horizon];
        upper = new float[horizon];
        double factor = 1;
        for (int h = 0; h < horizon; h++)
        {
            double half = z * Math.Sqrt(_variance * factor);
            forecast[h] = (float)centre[h];
            lower[h] = (float)(centre[h] - half);
            upper[h] = (float)(centre[h] + half);
            factor += _response[h] * _response[h];
        }
    }

    public SsaForecastingState Copy() => Parse(ToText());

    /// <summary>Everything as text, exact to the bit.</summary>
    public string ToText()
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Version);
            writer.Write(Settings.Output);
            writer.Write(Settings.Input);
            writer.Write(Settings.WindowSize);
            writer.Write(Settings.SeriesLength);
            writer.Write(Settings.TrainSize);
            writer.Write(Settings.Horizon);
            writer.Write(Settings.IsAdaptive);
            writer.Write((int)Settings.RankSelection);
            writer.Write(Settings.Rank ?? 0);
            writer.Write(Settings.MaxRank ?? 0);
            writer.Write(Settings.LargestModulus);
            writer.Write(Settings.Lower ?? "");
            writer.Write(Settings.Upper ?? "");
            writer.Write(Settings.ConfidenceLevel);
            writer.Write(Settings.VariableHorizon);
            writer.Write(_appended.Count);
            foreach (double value in _appended)
            {
                writer.Write(value);
            }
        }

        Origin.Save(stream);
        return Convert.ToBase64String(stream.GetBuffer(), 0, (int)stream.Length);
    }

    public static SsaForecastingState Parse(string text)
    {
        using var stream = new MemoryStream(Convert.FromBase64String(text));
        using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
        int version = reader.ReadInt32();
        if (version != Version)
        {
            throw new InvalidDataException($"The SSA forecaster has version {version}; this library reads version {Version}. Update the library or fit again.");
        }

        static int? Optional(int value) => value == 0 ? null : value;
        static string? Named(string value) => value.Length == 0 ? null : value;
        var settings = new SsaForecastingSettings
        {
            Output = reader.ReadString(),
            Input = reader.ReadString(),
            WindowSize = reader.ReadInt32(),
            SeriesLength = reader.ReadInt32(),
            TrainSize = reader.ReadInt32(),
            Horizon = reader.ReadInt32(),
            IsAdaptive = reader.ReadBoolean(),
            RankSelection = (RankSelectionMethod)reader.ReadInt32(),
            Rank = Optional(reader.ReadInt32()),
            MaxRank = Optional(reader.ReadInt32()),
            LargestModulus = reader.ReadDouble(),
            Lower = Named(reader.ReadString()),
            Upper = Named(reader.ReadString()),
            ConfidenceLevel = reader.ReadDouble(),
            VariableHorizon = reader.ReadBoolean(),
        };
        double[] appended = new double[reader.ReadInt32()];
        for (int i = 0; i < appended.Length; i++)
        {
            appended[i] = reader.ReadDouble();
        }

        var state = new SsaForecastingState(settings, SsaModel.Load(stream));
        foreach (double value in appended)
        {
            state.Append(value);
        }

        return state;
    }
}
