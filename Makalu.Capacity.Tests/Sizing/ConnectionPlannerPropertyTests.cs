using CsCheck;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Tests.Sizing;

[TestClass]
public sealed class ConnectionPlannerPropertyTests
{
    private static readonly Gen<(SystemDescription System, double Rate, double Dispersion)> Cases =
        from instances in Gen.Int[1, 12]
        from surge in Gen.Int[0, 3]
        from hold in Gen.Double[0.004, 0.08]
        from ratio in Gen.Double[1.2, 3.5]
        from processor in Gen.Double[0.05, 0.6]
        from cores in Gen.Int[2, 32]
        from rate in Gen.Double[5, 1500]
        from dispersion in Gen.Double[1, 5]
        select (
            SizingCases.Outage
                .WithDatabase(database => database with { CpuCores = cores })
                .WithService(service => service with
                {
                    Instances = instances,
                    SurgeInstances = surge,
                    MaxPoolSize = null,
                    DatabaseTimeMean = TimeSpan.FromSeconds(hold),
                    DatabaseTimeP95 = TimeSpan.FromSeconds(hold * ratio),
                    DatabaseCpuTimeMean = TimeSpan.FromSeconds(hold * processor),
                }),
            rate,
            dispersion);

    /// <summary>Several services of unlike holds, poolers, short memory, providers' caps, MySQL, several connection strings.</summary>
    private static readonly Gen<(SystemDescription System, double Rate, double Dispersion)> Mixtures =
        from test in Cases
        from services in Gen.Select(Gen.Int[1, 8], Gen.Double[0.3, 3], Gen.Double[0.05, 1], Gen.Int[1, 3]).Array[1, 4]
        from memory in Gen.Int[1, 32]
        from cap in Gen.Int[0, 3]
        from pooler in Gen.Int[0, 2]
        from mysql in Gen.Bool
        select (
            test.System.WithDatabase(database => database with
            {
                Engine = mysql && pooler == 0 ? "mysql" : "postgresql",
                MemoryBytes = (long)memory << 30,
                SharedBuffersBytes = null,
                ManagedMaxConnections = cap == 0 ? 150 : null,
            }) with
            {
                Services = [.. services.Select((service, i) =>
                {
                    (int instances, double hold, double share, int strings) = service;
                    return test.System.Services[0] with
                    {
                        Name = FormattableString.Invariant($"service {i}"),
                        Instances = instances,
                        ConnectionStrings = strings,
                        TrafficShare = share,
                        DatabaseTimeMean = test.System.Services[0].DatabaseTimeMean * hold,
                        DatabaseTimeP95 = test.System.Services[0].DatabaseTimeP95 * hold,
                        DatabaseCpuTimeMean = test.System.Services[0].DatabaseCpuTimeMean * hold,
                    };
                })],
                Pooler = pooler == 0 ? null : new PoolerDescription { Replicas = pooler },
            },
            test.Rate,
            test.Dispersion);

    /// <summary>Between plans of the same kind; a pooler instead of direct pools, or pools capped until the server has been scaled, need fewer by design.</summary>
    [TestMethod]
    public void Decide_OfAnySystemWithMoreLoad_NeverPlansFewerConnections()
        => Gen.Select(Mixtures, Gen.Double[1, 1.6]).Sample(
            (test, factor) =>
            {
                PlanDecision less = Decide(test.System, test.Rate, test.Dispersion);
                PlanDecision more = Decide(test.System, test.Rate * factor, test.Dispersion);
                if (more.Verdict == Verdict.Scale || less.Verdict == Verdict.Scale || (less.Pooler is null) != (more.Pooler is null))
                    return Badness(more.Verdict) >= Badness(less.Verdict);

                return more.MaxConnections >= less.MaxConnections
                    && (more.Pooler?.Plan.Connections ?? more.Pools.Connections) >= (less.Pooler?.Plan.Connections ?? less.Pools.Connections);
            },
            iter: 200,
            threads: 1);

    [TestMethod]
    public void Decide_OfAnySystemWithMoreCores_IsNeverWorse()
        => Gen.Select(Mixtures, Gen.Int[1, 16]).Sample(
            (test, extra) =>
            {
                PlanDecision fewer = Decide(test.System, test.Rate, test.Dispersion);
                PlanDecision more = Decide(test.System.WithDatabase(database => database with { CpuCores = database.CpuCores + extra }), test.Rate, test.Dispersion);
                return Badness(more.Verdict) <= Badness(fewer.Verdict);
            },
            iter: 200,
            threads: 1);

    /// <summary>By the simulation, which decides in a plan; services of unlike holds.</summary>
    [TestMethod]
    public void Size_ForUnlikeServicesThatShareAPooler_IsNeverLargerThanTheSumOfTheirOwn()
        => Mixtures.Where(test => test.System.Services.Count > 1).Sample(
            test =>
            {
                SystemDescription alike = test.System.WithService(service => service with { ConnectionStrings = 1 });
                int together = Pooled(alike);
                int apart = alike.Services.Sum(service => Pooled(alike with { Services = [service] }));
                return together <= apart;

                int Pooled(SystemDescription system) => PoolerSet.Size(Load(system, test.Rate, test.Dispersion), server: null, replicas: 2, "transaction", PoolSizer.Smallest).Plan.Connections;
            },
            iter: 20,
            threads: 1);

    [TestMethod]
    public void Decide_WithMoreLoad_NeverAsksForFewerConnections()
        => Gen.Select(Cases, Gen.Double[1, 1.6]).Sample(
            (test, factor) =>
            {
                PlanDecision less = Decide(test.System, test.Rate, test.Dispersion);
                PlanDecision more = Decide(test.System, test.Rate * factor, test.Dispersion);
                return more.Pools.Connections >= less.Pools.Connections && more.Verdict is not Verdict.Keep | less.Verdict is Verdict.Keep
                    || (less.Verdict == Verdict.Scale && more.Verdict == Verdict.Scale);
            },
            iter: 150,
            threads: 1);

    [TestMethod]
    public void Decide_WithMoreCores_IsNeverWorse()
        => Gen.Select(Cases, Gen.Int[1, 16]).Sample(
            (test, extra) =>
            {
                PlanDecision fewer = Decide(test.System, test.Rate, test.Dispersion);
                PlanDecision more = Decide(test.System.WithDatabase(database => database with { CpuCores = database.CpuCores + extra }), test.Rate, test.Dispersion);
                return Badness(more.Verdict) <= Badness(fewer.Verdict);
            },
            iter: 150,
            threads: 1);

    [TestMethod]
    public void Size_ForServicesThatShareAPooler_IsNeverLargerThanTheSumOfTheirOwn()
        => Gen.Select(Cases, Gen.Double[0.1, 0.9]).Sample(
            (test, share) =>
            {
                ServiceDescription service = test.System.Services[0];
                SystemDescription both = test.System with { Services = [service with { TrafficShare = share }, service with { Name = "api", TrafficShare = 1 - share }] };
                int together = Pooled(both);
                int apart = Pooled(both with { Services = [both.Services[0]] }) + Pooled(both with { Services = [both.Services[1]] });
                return together <= apart;

                int Pooled(SystemDescription system) => PoolerSet.Size(Load(system, test.Rate, test.Dispersion), server: null, replicas: 2, "transaction", PoolSizer.ByClosedForm).Plan.Connections;
            },
            iter: 150,
            threads: 1);

    [TestMethod]
    public void Plan_Always_FitsItsOwnBudget()
        => Cases.Sample(
            test =>
            {
                ConnectionPlan plan = test.System.Plan(SizingCases.Peak(test.Rate, test.Dispersion));
                int connections = plan.Pooler?.Connections ?? plan.Services.Sum(service => service.Connections);
                return connections + 15 <= plan.MaxConnections && plan.Services.All(service => service.MinPoolSize >= 1 && service.MinPoolSize <= service.MaxPoolSize);
            },
            iter: 6,
            threads: 1);

    private static int Badness(Verdict verdict) => verdict switch { Verdict.Keep => 0, Verdict.Lower or Verdict.Raise => 1, Verdict.Pool => 2, _ => 3 };

    private static SystemLoad Load(SystemDescription system, double rate, double dispersion) => SystemLoad.Of(system, ArrivalProcess.FromDispersion(rate, dispersion, dispersion));

    private static PlanDecision Decide(SystemDescription system, double rate, double dispersion) => new PlanDecider(Load(system, rate, dispersion), PoolSizer.ByClosedForm, CancellationToken.None).Decide();
}
