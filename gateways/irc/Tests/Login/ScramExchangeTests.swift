import Basics
import Testing

@testable import IRCAdapter

struct ScramExchangeTests {
    /// The exchange of RFC 7677 §3.
    private static let first = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO"
    private static let challenge =
        "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
    private static let final =
        "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
    private static let verdict = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="

    private func exchange(_ account: String = "user", _ password: String = "pencil") -> ScramExchange {
        ScramExchange(account: account, password: Secret(password), nonce: "rOprNGfwEbeRWgbNEkqO")
    }

    private func text(_ step: ScramExchange.Step) -> String? {
        if case .send(let bytes) = step { String(decoding: bytes, as: UTF8.self) } else { nil }
    }

    private func derive(_ exchange: inout ScramExchange, slice: Int) -> (slices: Int, text: String?) {
        for count in 1...10_000 {
            if let bytes = exchange.derive(slice) { return (count, String(decoding: bytes, as: UTF8.self)) }
        }
        return (0, nil)
    }

    @Test(
        "The example of RFC 7677 §3 succeeds, whatever the size of the slices",
        arguments: [1, 1_000, 4_095, 4_096, 100_000])
    func example(slice: Int) {
        var machine = exchange()
        #expect(text(machine.received([])) == Self.first)
        #expect(machine.received(Array(Self.challenge.utf8)) == .derive)
        #expect(machine.isDeriving)
        let (slices, final) = derive(&machine, slice: slice)
        #expect(final == Self.final)
        #expect(slices == (4_095 + slice - 1) / slice)
        #expect(!machine.isDeriving && !machine.isProved)
        #expect(machine.received(Array(Self.verdict.utf8)) == .proved)
        #expect(machine.isProved)
    }

    @Test("Commas and equal signs in the name are escaped")
    func escapes() {
        var machine = exchange("a=b,c")
        #expect(text(machine.received([])) == "n,,n=a=3Db=2Cc,r=rOprNGfwEbeRWgbNEkqO")
    }

    @Test(
        "A challenge that is not for this login, or demands too little or too much work, ends the exchange",
        arguments: [
            "", "x", "r=other,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
            "r=rOprNGfwEbeRWgbNEkqO,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
            "r=rOprNGfwEbeRWgbNEkqOx,s=,i=4096", "r=rOprNGfwEbeRWgbNEkqOx,s=!,i=4096",
            "r=rOprNGfwEbeRWgbNEkqOx,s=W22Z,i=4095", "r=rOprNGfwEbeRWgbNEkqOx,s=W22Z,i=200001",
            "r=rOprNGfwEbeRWgbNEkqOx,s=W22Z,i=99999999999999999999", "r=rOprNGfwEbeRWgbNEkqOx,s=W22Z,i=-1",
            "m=x,r=rOprNGfwEbeRWgbNEkqOx,s=W22Z,i=4096",
        ])
    func badChallenge(_ challenge: String) {
        var machine = exchange()
        _ = machine.received([])
        guard case .failed(let words) = machine.received(Array(challenge.utf8)) else {
            Issue.record("accepted")
            return
        }
        #expect(!words.isEmpty)
        #expect(!machine.isDeriving)
    }

    @Test("A server that cannot prove that it knows the password is not trusted", arguments: ["v=AAAA", "v=", "", "x"])
    func wrongVerdict(_ verdict: String) {
        var machine = exchange()
        _ = machine.received([])
        _ = machine.received(Array(Self.challenge.utf8))
        _ = derive(&machine, slice: 5_000)
        guard case .failed = machine.received(Array(verdict.utf8)) else {
            Issue.record("accepted")
            return
        }
        #expect(!machine.isProved)
    }

    @Test("The error of the server is shown without formatting codes")
    func serverError() {
        var machine = exchange()
        _ = machine.received([])
        _ = machine.received(Array(Self.challenge.utf8))
        _ = derive(&machine, slice: 5_000)
        #expect(
            machine.received(Array("e=invalid\u{2}-proof".utf8)) == .failed("The server says: invalid-proof."))
    }
}
