using System.Collections.Concurrent;

namespace Makalu.Capacity.Sizing;

/// <summary>What the peak asks of each service and of the database, before any pool is sized.</summary>
internal sealed class SystemLoad
{
    // What the database does at each concurrency depends on processor time and delay only, and is asked for again and again.
    private readonly ConcurrentDictionary<(double Cores, double Processor, double Delay), FlowEquivalentServer> _servers;

    private SystemLoad(SystemDescription system, ArrivalProcess requests, ServiceLoad[] services, ConcurrentDictionary<(double Cores, double Processor, double Delay), FlowEquivalentServer> servers)
    {
        _servers = servers;
        System = system;
        Requests = requests;
        Services = services;
    }

    public SystemDescription System { get; }

    /// <summary>The requests of the whole system.</summary>
    public ArrivalProcess Requests { get; }

    public ServiceLoad[] Services { get; }

    /// <summary>Requests per second that use the database, over all services.</summary>
    public double DatabaseRequestsPerSecond => Services.Sum(service => service.RequestsPerSecond);

    /// <summary>Connections taken per second, over all services.</summary>
    public double ConnectionsPerSecond => Services.Sum(service => service.RequestsPerSecond * service.Description.ConnectionsPerRequest);

    /// <summary>Connections held at once on average, over all services, in erlangs.</summary>
    public double OfferedLoad => Services.Sum(service => service.RequestsPerSecond * service.Description.ConnectionsPerRequest * service.Hold.MeanSeconds);

    /// <summary>Processor seconds that the database needs per second, as far as they are known.</summary>
    public double ProcessorLoad => Services.Sum(service => service.RequestsPerSecond * (service.Description.DatabaseCpuTimeMean?.TotalSeconds ?? 0));

    public bool ProcessorTimeKnown => Services.Any(service => service.Description.DatabaseCpuTimeMean is { } time && time > TimeSpan.Zero);

    public bool ProcessorTimeKnownOfAll => Services.All(service => service.Description.DatabaseCpuTimeMean is not null);

    /// <summary>Processor utilisation of the database, a fraction; null where it is not known.</summary>
    public double? CpuUtilisation => System.Database.CpuCores is { } cores && ProcessorTimeKnown ? ProcessorLoad / cores : null;

    public static SystemLoad Of(SystemDescription system, ArrivalProcess requests)
        => Of(system, requests, new());

    /// <summary>The same system under other requests.</summary>
    public SystemLoad WithRequests(ArrivalProcess requests) => Of(System, requests, _servers);

    /// <summary>The same requests, each holding its connection longer by a factor, with the same processor time.</summary>
    public SystemLoad WithHold(double factor)
        => Of(System with { Services = [.. System.Services.Select(service => service with { DatabaseTimeMean = service.DatabaseTimeMean * factor, DatabaseTimeP95 = service.DatabaseTimeP95 * factor })] }, Requests, _servers);

    /// <summary>The database as a flow-equivalent server, per connection taken; null where cores or processor time are not known.</summary>
    public FlowEquivalentServer? Server(double? cores)
    {
        if (cores is not { } known || !ProcessorTimeKnown || ConnectionsPerSecond <= 0)
            return null;

        double processor = ProcessorLoad / ConnectionsPerSecond;
        double hold = OfferedLoad / ConnectionsPerSecond;
        (double Cores, double Processor, double Delay) key = (known, processor, Math.Max(0, hold - processor));
        return _servers.GetOrAdd(key, static (wanted, system) => new FlowEquivalentServer(
            system.Database is { Scalability: { } law, CpuCores: { } measured }
                ? new ProcessorScaling(wanted.Cores, law, measured)
                : new ProcessorScaling(wanted.Cores, system.Database.ContentionPenalty ?? DatabaseDescription.DefaultContentionPenalty),
            wanted.Processor,
            wanted.Delay), System);
    }

    private static SystemLoad Of(SystemDescription system, ArrivalProcess requests, ConcurrentDictionary<(double Cores, double Processor, double Delay), FlowEquivalentServer> servers)
        => new(system, requests, [.. system.Services.Select(service => new ServiceLoad(service, requests))], servers);
}

/// <summary>What the peak asks of one service.</summary>
internal sealed class ServiceLoad
{
    public ServiceLoad(ServiceDescription description, ArrivalProcess requests)
    {
        Description = description;
        RequestsPerSecond = requests.Rate * description.TrafficShare;
        Hold = HoldTime.Of(description);
        Requests = requests;
    }

    public ServiceDescription Description { get; }

    public HoldTime Hold { get; }

    /// <summary>The requests of all instances of the service, per second.</summary>
    public double RequestsPerSecond { get; }

    private ArrivalProcess Requests { get; }

    /// <summary>The connections that are taken from one pool of the busiest of a number of instances.</summary>
    public ArrivalProcess ConnectionsOfPool(int instances)
        => Requests.Thin(Math.Min(1, Description.TrafficShare * Description.ArrivalImbalance / instances / Description.ConnectionStrings)).Multiply(Description.ConnectionsPerRequest);

    /// <summary>
    /// The hold of the service when the mean over all services is stretched by a factor on its processor part: what waits for a
    /// processor waits longer, what waits for disk or client does not.
    /// </summary>
    public HoldTime StretchedHold(double processorStretch)
    {
        double processor = (Description.DatabaseCpuTimeMean?.TotalSeconds ?? 0) / Description.ConnectionsPerRequest;
        return Hold.WithMean(Hold.MeanSeconds + (Math.Min(processor, Hold.MeanSeconds) * (processorStretch - 1)));
    }
}
