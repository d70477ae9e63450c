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
