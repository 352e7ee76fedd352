import GatewayKit
import NIOCore
import Testing

@testable import IRCAdapter

@Suite("Accounts that users make over the connection")
struct AccountTests {
    private static let network = Address.network(ClientScript.network)
    private static let offer = "draft/account-registration"

    private func answers(_ script: ClientScript, _ id: RequestID) -> [[String]] {
        script.events.compactMap { if case .answer(id, .command(let lines)) = $0 { lines } else { nil } }
    }

    @Test(
        "the commands become lines",
        arguments: [
            ("register anna a@b.c two words", "REGISTER anna a@b.c :two words"), ("register * * x", "REGISTER * * :x"),
            ("verify anna 1234", "VERIFY anna :1234"),
        ])
    func lines(typed: String, line: String) throws {
        var script = try ClientScript.ready(.fences, knowing: Self.offer)
        _ = script.perform(.ask(.command(typed, at: Self.network)))
        #expect(script.written.first == line)
    }

    @Test(
        "without the capability, and without all words, nothing is sent",
        arguments: ["register anna * x", "verify anna 1"])
    func refused(typed: String) throws {
        var plain = try ClientScript.ready(.fences)
        #expect(plain.refusal(of: .ask(.command(typed, at: Self.network))) == .unsupported)
        var script = try ClientScript.ready(.fences, knowing: Self.offer)
        let short = typed.split(separator: " ").dropLast().joined(separator: " ")
        #expect(script.refusal(of: .ask(.command(short, at: Self.network))) == .notAcceptable)
        #expect(plain.written.isEmpty && script.written.isEmpty)
    }

    @Test("the answer of the server is shown, before the proof and after it", arguments: ClientScript.Kind.allCases)
    func answers(kind: ClientScript.Kind) throws {
        var script = try ClientScript.ready(kind, knowing: Self.offer)
        let id = script.perform(.ask(.command("register anna a@b.c secret", at: Self.network)))
        let label = kind == .labels ? "@label=1 " : ""
        try script.receive("\(label):s REGISTER VERIFICATION_REQUIRED anna :Look into your mail", ":s PONG s fence-1")
        let lines = try #require(answers(script, id).first)
        let words = "The account anna waits for a code: write /verify anna and the code."
        #expect(lines.last == words + " The network says: Look into your mail")
        #expect(!lines.joined().contains("secret") && script.outcomes(id).isEmpty)
        script.forget()
        try script.receive(":s VERIFY SUCCESS anna :Welcome", ":s REGISTER SUCCESS anna :Hello", ":s REGISTER ODD anna")
        #expect(
            script.events.notices == [
                "The account anna is verified. The network says: Welcome",
                "The account anna is made. The network says: Hello",
                "The network answers ODD about the account anna.",
            ])
    }

    @Test(
        "a refusal has a kind of its own, and the words of the server",
        arguments: [
            ("ACCOUNT_EXISTS", Failure.Kind.conflict), ("WEAK_PASSWORD", .notAcceptable),
            ("INVALID_EMAIL", .notAcceptable), ("TEMPORARILY_UNAVAILABLE", .remoteDown), ("NEW_CODE", .forbidden),
        ])
    func failures(code: String, kind: Failure.Kind) throws {
        for proof in [ClientScript.Kind.fences, .labels] {
            var script = try ClientScript.ready(proof, knowing: Self.offer)
            let id = script.perform(.ask(.command("register anna a@b.c secret", at: Self.network)))
            let label = proof == .labels ? "@label=1 " : ""
            try script.receive("\(label)FAIL REGISTER \(code) anna :No", "PONG s fence-1")
            #expect(script.failure(id) == kind)
            #expect(script.events.failures.allSatisfy { $0.text.contains("No") })
        }
    }

    @Test("the core is told when the capability comes and goes")
    func announced() throws {
        var script = try ClientScript.ready(.fences)
        try script.receive(
            "CAP me NEW :\(Self.offer)=email-required", "CAP me ACK :\(Self.offer)", "CAP me DEL :\(Self.offer)")
        let grades = script.events.compactMap { event -> Capabilities.Grade? in
            if case .state(.capabilities(.network, let capabilities)) = event { capabilities[.accounts] } else { nil }
        }
        #expect(grades == [.full, .rejected])
    }
}
