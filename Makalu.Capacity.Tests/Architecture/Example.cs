using Makalu.Capacity.Tests.Architecture.Example.Late;

#pragma warning disable IDE0130 // The namespaces are the example.
namespace Makalu.Capacity.Tests.Architecture.Example.Late
{
    internal sealed class Stage
    {
        public static readonly int Zero = Environment.TickCount * 0;

        public static int One() => 1;

        public int Two() => 2 + GetHashCode();
    }
}

namespace Makalu.Capacity.Tests.Architecture.Example.Early
{
    internal sealed class Innocent
    {
        public static int One() => 1;
    }

    internal sealed class ByField
    {
        public Stage? Field { get; set; }
    }

    internal sealed class ByCall
    {
        public static int Run() => Stage.One();
    }

    internal sealed class ByConstruction
    {
        public static object Run() => new Stage();
    }

    internal sealed class ByStaticField
    {
        public static int Run() => Stage.Zero;
    }

    internal sealed class ByTypeof
    {
        public static string Run() => typeof(Stage).Name;
    }

    internal sealed class ByGenericArgument
    {
        public static object Run() => Array.Empty<Stage>();
    }

    internal sealed class ByLambda
    {
        public static Func<int> Run(int offset) => () => Stage.One() + offset;
    }

    internal sealed class ByIterator
    {
        public static IEnumerable<int> Run()
        {
            yield return Stage.One();
        }
    }
}
