using Makalu.Capacity.Postgres;

namespace Makalu.Capacity.Tests.Sizing.Postgres;

[TestClass]
public sealed class ScramExchangeTests
{
    /// <summary>The server's part of the example of RFC 7677, section 3. PostgreSQL leaves the user's name empty, so that the example's signature, which is over another name, must be refused.</summary>
    [TestMethod]
    public void Answer_ToTheExampleOfTheRfc_ProvesThePassword()
    {
        var exchange = new ScramExchange("pencil", "rOprNGfwEbeRWgbNEkqO");
        Assert.AreEqual("n,,n=,r=rOprNGfwEbeRWgbNEkqO", exchange.First);
        string answer = exchange.Answer("r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096");
        StringAssert.StartsWith(answer, "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=");
        Assert.IsFalse(exchange.IsServer("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="), "signed for another user");
    }

    [TestMethod]
    public void Answer_ToAnotherNonce_IsRefused()
        => Assert.ThrowsExactly<DatabaseAccessException>(() => new ScramExchange("pencil", "abc").Answer("r=xyz,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"));
}
