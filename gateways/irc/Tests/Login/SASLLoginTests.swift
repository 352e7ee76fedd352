import Basics
import Crypto
import Foundation
import Testing

@testable import IRCAdapter

struct SASLLoginTests {
    private func login(_ credentials: Credentials, offered: String = "") -> SASLLogin {
        SASLLogin(credentials, offered: offered, nonce: "nonce")
    }

    private func feed(_ login: inout SASLLogin, _ lines: String...) throws -> [String] {
        try lines.flatMap { words(login.received(try IRCMessage($0))) }
    }

    /// The steps as text: lines without their command, or the end.
    private func words(_ steps: [SASLLogin.Step]) -> [String] {
        steps.map { step in
            switch step {
            case .send(let line): line.text.replacing("AUTHENTICATE :", with: "")
            case .succeeded: "succeeded"
            case .refused(let reason): "refused: \(reason)"
            case .unavailable(let reason): "unavailable: \(reason)"
            }
        }
    }

    private func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }

    private static let password = Credentials(account: "anna", password: Secret("hush"), mechanism: .plain)

    @Test("PLAIN sends the account and the password, and 903 ends it")
    func plain() throws {
        var login = login(Self.password)
        #expect(words(login.start()) == ["PLAIN"])
        #expect(try feed(&login, "AUTHENTICATE :+") == [base64("\0anna\0hush")])
        #expect(try feed(&login, ":s 900 * n!u@h anna :You are now logged in", ":s 903 * :ok") == ["succeeded"])
        #expect(try feed(&login, ":s 904 * :no").isEmpty)
    }

    @Test("A login that the network refuses has the network's words", arguments: [902, 904, 905, 906])
    func refused(_ number: Int) throws {
        var login = login(Self.password)
        _ = login.start()
        let end = try feed(&login, "AUTHENTICATE +", ":s \(number) * :Bad\u{2} luck")
        #expect(end.last == "refused: The network says: Bad luck")
    }

    @Test("The mechanisms are tried from the safest on, as far as the user has a proof and the server offers them")
    func order() throws {
        let key = try ClientIdentity.make()
        let all = Credentials(account: "anna", password: Secret("hush"), identity: key, showsCertificate: true)
        #expect(all.mechanisms == [.external, .challenge, .scram, .plain])
        #expect(Credentials(account: "anna", identity: key).mechanisms == [.challenge])
        #expect(Credentials(account: "anna", password: Secret("x")).mechanisms == [.scram, .plain])
        var login = login(all, offered: "PLAIN,EXTERNAL,UNKNOWN")
        #expect(words(login.start()) == ["EXTERNAL"])
        #expect(try feed(&login, "AUTHENTICATE +") == ["+"])
        #expect(try feed(&login, ":s 904 * :no certificate") == ["PLAIN"])
        #expect(try feed(&login, "AUTHENTICATE +", ":s 903 * :ok") == [base64("\0anna\0hush"), "succeeded"])
    }

    @Test("The server's list of mechanisms (908) chooses the next one, with a refusal (904) behind it or without")
    func list() throws {
        let credentials = Credentials(account: "anna", password: Secret("hush"))
        for lines in [[":s 908 * PLAIN,EXTERNAL :are available", ":s 904 * :no"], [":s 908 * PLAIN :are available"]] {
            var login = login(credentials)
            #expect(words(login.start()) == ["SCRAM-SHA-256"])
            var answers: [String] = []
            for line in lines { answers += try feed(&login, line) }
            #expect(answers == ["PLAIN"])
            #expect(try feed(&login, "AUTHENTICATE +", ":s 903 * :ok").last == "succeeded")
        }
        var login = login(credentials)
        _ = login.start()
        #expect(try feed(&login, ":s 908 * GSSAPI :are available").first?.hasPrefix("unavailable: ") == true)
    }

    @Test("A server that offers none of the mechanisms is asked for none")
    func nothingFits() {
        var login = login(Self.password, offered: "EXTERNAL")
        #expect(!login.isPossible)
        #expect(words(login.start()).first?.hasPrefix("unavailable: ") == true)
    }

    @Test("SCRAM computes in slices, and a server that only says yes (903) is not trusted")
    func scram() throws {
        var login = login(Credentials(account: "user", password: Secret("pencil"), mechanism: .scram))
        _ = login.start()
        #expect(try feed(&login, "AUTHENTICATE +") == [base64("n,,n=user,r=nonce1")])
        let challenge = base64("r=nonce1x,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096")
        #expect(try feed(&login, "AUTHENTICATE \(challenge)").isEmpty)
        var answers: [String] = []
        var slices = 0
        while login.wantsKey {
            answers += words(login.deriveKeySlice())
            slices += 1
        }
        #expect(slices == 5 && answers.count == 1)
        #expect(try feed(&login, ":s 903 * :ok").first?.hasPrefix("refused: ") == true)
    }

    @Test("A server that breaks the rules does not get the password by another mechanism")
    func noDowngrade() throws {
        var login = login(Credentials(account: "user", password: Secret("pencil")), offered: "SCRAM-SHA-256,PLAIN")
        _ = login.start()
        let end = try feed(&login, "AUTHENTICATE +", "AUTHENTICATE \(base64("r=x,s=W22Z,i=4096"))")
        #expect(end.dropFirst().first == "*")
        #expect(end.last?.hasPrefix("refused: ") == true)
        #expect(try feed(&login, ":s 906 * :aborted").isEmpty)
    }

    @Test("ECDSA-NIST256P-CHALLENGE sends the account, and signs the challenge as it is")
    func challenge() throws {
        let key = P256.Signing.PrivateKey()
        var login = login(Credentials(account: "anna", identity: try ClientIdentity.make(key)))
        #expect(words(login.start()) == ["ECDSA-NIST256P-CHALLENGE"])
        #expect(try feed(&login, "AUTHENTICATE +") == [base64("anna")])
        let bytes = (0..<32).map { UInt8($0) }
        let answer = try feed(&login, "AUTHENTICATE \(Data(bytes).base64EncodedString())")
        let der = try #require(answer.first.flatMap { Data(base64Encoded: $0) })
        let signature = try P256.Signing.ECDSASignature(derRepresentation: der)
        #expect(key.publicKey.isValidSignature(signature, for: ChallengeSignature.Challenge(bytes: bytes)))
        #expect(!key.publicKey.isValidSignature(signature, for: Data(bytes)))
    }

    @Test("A challenge of another length is not signed", arguments: [0, 31, 33, 300])
    func oddChallenge(length: Int) throws {
        var login = login(
            Credentials(account: "anna", identity: try ClientIdentity.make()))
        _ = login.start()
        var end = try feed(&login, "AUTHENTICATE +")
        for line in SASLPayload.lines([UInt8](repeating: 1, count: length)) { end += try feed(&login, line.text) }
        #expect(end.last?.hasPrefix("refused: ") == true)
    }

    @Test("A login without an answer is aborted")
    func timeout() throws {
        var login = login(Self.password)
        _ = login.start()
        #expect(
            words(login.timedOut()) == ["*", "unavailable: The network's account service does not answer."])
        #expect(try feed(&login, "AUTHENTICATE +").isEmpty)
    }
}
