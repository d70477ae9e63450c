using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Tests.Sizing;

/// <summary>
/// The launch day, event by event: instances with pools, a database with a limit on its connections and processors that are shared by
/// statements and by attempts to connect, and clients that try again. It shares no code with the sizing.
/// </summary>
/// <remarks>
/// A refused attempt costs the server nearly as much as an accepted one, because PostgreSQL refuses a user who is no superuser only after it has
/// started a process, encrypted and signed the user in: 7.1 ms of processor time, measured on PostgreSQL 15 (docs/outage.md). A refused
/// connection is tried again at once three times, as resilience libraries are commonly set; then the shopper sees an error and reloads the page after 2 to 4 s,
/// up to ten times. Each reload is a request of its own, as a log would count it.
/// </remarks>
internal sealed class LaunchDaySimulation
{
    private const double ConnectSeconds = 0.0075;
    private const double RefuseSeconds = 0.0071;
    private const double RefuseEarlySeconds = 0.001;
    private const int LargestBacklog = 1000;
    private const double PoolTimeout = 15;
    private const double Deadline = 30;

    private readonly Settings _settings;
    private readonly RandomStream _random;
    private readonly PriorityQueue<(Kind Kind, Request Request), double> _timers = new();
    private readonly PriorityQueue<(Kind Kind, Request Request), double> _computing = new();
    private readonly Instance[] _instances;
    private double _now;
    private double _workDone;
    private int _slots;
    private int _attempts;

    public LaunchDaySimulation(Settings settings, int seed)
    {
        _settings = settings;
        _random = new RandomStream(seed, 15);
        _instances = [.. Enumerable.Range(0, settings.Instances).Select(_ => new Instance())];
    }

    private enum Kind
    {
        Arrival,
        Retry,
        PoolTimeout,
        Held,
        Statement,
        Connect,
        Refuse,
    }

    public int Failed { get; private set; }

    public int Served { get; private set; }

    /// <summary>Shoppers whose first try ended in an error.</summary>
    public int ShoppersTurnedAway { get; private set; }

    /// <summary>Shoppers who got their page, on the first try or after reloads.</summary>
    public int ShoppersServed { get; private set; }

    /// <summary>Shoppers who gave up without their page.</summary>
    public int ShoppersLost { get; private set; }

    /// <summary>Attempts to connect that the server refused.</summary>
    public long Refused { get; private set; }

    /// <summary>Plays minutes of a day.</summary>
    /// <param name="requestsPerMinute">The demand of each minute.</param>
    /// <param name="secondsPerMinute">For how many seconds each minute is played.</param>
    /// <param name="countedFrom">The first minute that counts.</param>
    public void Play(IReadOnlyList<double> requestsPerMinute, double secondsPerMinute, int countedFrom)
    {
        int second = -1;
        double rate = 0;
        double end = requestsPerMinute.Count * secondsPerMinute;
        double nextArrival = 0;
        while (true)
        {
            double nextTimer = _timers.TryPeek(out _, out double due) ? due : double.PositiveInfinity;
            double share = _computing.Count == 0 ? 0 : Math.Min(1, _settings.Cores / _computing.Count);
            double nextComputed = _computing.TryPeek(out _, out double work) ? _now + ((work - _workDone) / share) : double.PositiveInfinity;
            double next = Math.Min(nextArrival, Math.Min(nextTimer, nextComputed));
            if (double.IsInfinity(next))
                return;

            _workDone += (next - _now) * share;
            _now = next;
            if (next == nextComputed)
            {
                (Kind kind, Request request) = _computing.Dequeue();
                Computed(kind, request);
            }
            else if (next == nextTimer)
            {
                (Kind kind, Request request) = _timers.Dequeue();
                Elapsed(kind, request);
            }
            else
            {
                if ((int)_now != second)
                {
                    // The rate of a second is its minute's times a gamma variable of standard deviation 0.06, as docs/sample.md has it.
                    second = (int)_now;
                    int minute = (int)(_now / secondsPerMinute);
                    rate = minute < requestsPerMinute.Count ? requestsPerMinute[minute] / 60 * _random.NextGamma(1 / 0.0036) * 0.0036 : 0;
                }

                Take(new Request(_random.NextInt(_settings.Instances), _now, (int)(_now / secondsPerMinute) >= countedFrom));
                nextArrival = _now + (_random.NextExponential() / Math.Max(1e-9, rate));
                nextArrival = nextArrival < end ? nextArrival : double.PositiveInfinity;
            }
        }
    }

    private void Take(Request request)
    {
        Instance instance = _instances[request.Instance];
        if (instance.Idle > 0)
        {
            instance.Idle--;
            Hold(request);
        }
        else if (instance.Open < _settings.MaxPoolSize)
        {
            instance.Open++;
            Connect(request);
        }
        else
        {
            request.WaitsInPool = true;
            instance.Waiting.Enqueue(request);
            _timers.Enqueue((Kind.PoolTimeout, request), _now + PoolTimeout);
        }
    }

    private void Connect(Request request)
    {
        // Twice max_connections in progress are served by a process each; beyond them the refusal comes at once, and beyond a full backlog nothing comes.
        if (_slots < _settings.UsableConnections)
        {
            _slots++;
            Compute(Kind.Connect, request, ConnectSeconds);
        }
        else if (_attempts < 2 * _settings.MaxConnections)
        {
            _attempts++;
            Compute(Kind.Refuse, request, RefuseSeconds);
        }
        else if (_attempts < LargestBacklog)
        {
            _attempts++;
            Compute(Kind.Refuse, request, RefuseEarlySeconds);
        }
        else
        {
            Refuse(request);
        }
    }

    private void Hold(Request request)
    {
        double draw = Math.Exp((_settings.HoldSigma * _random.NextNormal()) - (0.5 * _settings.HoldSigma * _settings.HoldSigma));
        request.ProcessorSeconds = _settings.ProcessorSeconds * draw;
        _timers.Enqueue((Kind.Held, request), _now + ((_settings.HoldSeconds - _settings.ProcessorSeconds) * draw));
    }

    private void Compute(Kind kind, Request request, double seconds) => _computing.Enqueue((kind, request), _workDone + seconds);

    private void Computed(Kind kind, Request request)
    {
        Instance instance = _instances[request.Instance];
        switch (kind)
        {
            case Kind.Connect:
                Hold(request);
                break;
            case Kind.Refuse:
                _attempts--;
                Refuse(request);
                break;
            default:
                Finish(request, served: _now - request.Arrived <= Deadline);
                while (instance.Waiting.TryDequeue(out Request? waiting))
                {
                    if (waiting.WaitsInPool)
                    {
                        waiting.WaitsInPool = false;
                        Hold(waiting);
                        return;
                    }
                }

                instance.Idle++;
                break;
        }
    }

    private void Elapsed(Kind kind, Request request)
    {
        switch (kind)
        {
            case Kind.Held:
                Compute(Kind.Statement, request, request.ProcessorSeconds);
                break;
            case Kind.Retry:
                Take(request);
                break;
            case Kind.PoolTimeout when request.WaitsInPool:
                request.WaitsInPool = false;
                Finish(request, served: false);
                break;
            default:
                break;
        }
    }

    private void Refuse(Request request)
    {
        Instance instance = _instances[request.Instance];
        instance.Open--;
        Refused++;

        // The place in the pool is free again: who waits longest tries to open a connection there.
        while (instance.Waiting.TryDequeue(out Request? waiting))
        {
            if (waiting.WaitsInPool)
            {
                waiting.WaitsInPool = false;
                _timers.Enqueue((Kind.Retry, waiting), _now);
                break;
            }
        }

        if (request.Attempts++ < _settings.Retries)
        {
            _timers.Enqueue((Kind.Retry, request), _now);
        }
        else
        {
            Finish(request, served: false);
        }
    }

    private void Finish(Request request, bool served)
    {
        bool reloads = !served && request.Reloads < _settings.Reloads;
        if (request.Counts)
        {
            Served += served ? 1 : 0;
            Failed += served ? 0 : 1;
            ShoppersTurnedAway += !served && request.Reloads == 0 ? 1 : 0;
            ShoppersServed += served ? 1 : 0;
            ShoppersLost += served || reloads ? 0 : 1;
        }

        if (reloads)
        {
            double later = _now + 2 + (2 * _random.NextDouble());
            var again = new Request(_random.NextInt(_settings.Instances), later, request.Counts) { Reloads = request.Reloads + 1 };
            _timers.Enqueue((Kind.Retry, again), later);
        }
    }

    internal sealed record Settings
    {
        public required int Instances { get; init; }

        public required int MaxPoolSize { get; init; }

        public required int MaxConnections { get; init; }

        public required int UsableConnections { get; init; }

        public required double Cores { get; init; }

        public required double HoldSeconds { get; init; }

        public required double HoldSigma { get; init; }

        public required double ProcessorSeconds { get; init; }

        /// <summary>How often a refused connection is tried again at once.</summary>
        public int Retries { get; init; } = 3;

        /// <summary>How often a shopper reloads at the most.</summary>
        public int Reloads { get; init; } = 10;
    }

    private sealed class Instance
    {
        public int Idle { get; set; }

        public int Open { get; set; }

        public Queue<Request> Waiting { get; } = new();
    }

    private sealed class Request(int instance, double arrived, bool counts)
    {
        public int Instance { get; } = instance;

        public double Arrived { get; } = arrived;

        public bool Counts { get; } = counts;

        public int Attempts { get; set; }

        public int Reloads { get; init; }

        public bool WaitsInPool { get; set; }

        public double ProcessorSeconds { get; set; }
    }
}
