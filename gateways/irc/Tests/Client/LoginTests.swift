import Basics
import GatewayKit
import NIOCore
import Testing

@testable import IRCAdapter

/// The login to an account, as far as channels and the time are concerned.
struct LoginTests {
    private static let credentials = Credentials(account: "me", password: Secret("hush"))
    private static let join = Request.Action.join(ClientScript.room, password: nil)

    /// A script that has been welcomed and waits for NickServ.
    private func identifying(rejoin: [IRCClient.Rejoin] = []) throws -> ClientScript {
        var script = ClientScript(rejoin: rejoin, credentials: Self.credentials)
        try script.receive("CAP * LS :echo-message", "CAP * ACK :echo-message", ":s 001 me :Hi")
        script.forget()
        try script.receive(":s 376 me :End")
        return script
    }

    private func states(_ script: ClientScript) -> [String] {
        script.events.compactMap { event in
            if case .state(.online(let nick)) = event { nick } else { nil }
        }
    }

    @Test("Channels are entered again only when NickServ has confirmed the login")
    func beforeChannels() throws {
        var script = try identifying(rejoin: [IRCClient.Rejoin(room: ClientScript.room, key: nil)])
        #expect(script.takeWritten() == ["PRIVMSG NickServ :IDENTIFY me hush"])
        #expect(states(script).isEmpty && !script.client.isReady)
        try script.receive(":me!u@h PRIVMSG NickServ :IDENTIFY me hush")
        try script.receive(":s 900 me me!u@h me :You are now logged in")
        #expect(script.takeWritten() == ["JOIN #c"])
        #expect(states(script) == ["me"])
        #expect(script.client.account == "me")
        // The password is in no event.
        #expect(!script.events.contains { "\($0)".contains("hush") })
    }

    @Test("The registered mode (+r) confirms the login, too")
    func mode() throws {
        var script = try identifying()
        try script.receive(":s MODE me :+i", ":s MODE other :+r")
        #expect(!script.client.isReady)
        try script.receive(":NickServ!s@h MODE me :-i+xr")
        #expect(script.client.isReady)
        #expect(script.client.account == "")
        try script.receive(":s MODE me :-r")
        #expect(script.client.account == nil)
    }

    @Test("Without an answer of NickServ, the connection is ready after 15 seconds")
    func silence() throws {
        var script = try identifying()
        script.pass(.seconds(14))
        #expect(!script.client.isReady)
        script.pass(.seconds(1))
        #expect(script.client.isReady && script.end == nil)
    }

    @Test("A channel that has refused with 477 is entered after a late login")
    func laterLogin() throws {
        for confirmation in [":s 900 me me!u@h me :x", ":s MODE me +r"] {
            var script = try identifying()
            script.pass(.seconds(15))
            script.forget()
            let id = script.perform(Self.join)
            try script.receive(":s 477 me #c :You need to be identified")
            #expect(script.outcomes(id).isEmpty)
            #expect(script.takeWritten() == ["JOIN #c"])
            try script.receive(confirmation)
            #expect(script.takeWritten() == ["JOIN #c"])
            try script.receive(":me!u@h JOIN #c", ":s 366 me #c :End")
            #expect(script.outcomes(id) == [.outcome(id, .accepted(as: nil))])
        }
    }

    @Test("The refusal 477 is reported when no login can come any more, and from then on at once")
    func noLogin() throws {
        var script = try identifying()
        script.pass(.seconds(15))
        let id = script.perform(Self.join)
        try script.receive(":s 477 me #c :You need to be identified")
        #expect(script.failure(id) == nil)
        script.pass(.seconds(15))
        #expect(script.failure(id) == .registrationRequired)
        let again = script.perform(Self.join)
        try script.receive(":s 477 me #c :You need to be identified")
        #expect(script.failure(again) == .registrationRequired)
    }

    @Test("No other refusal waits for a login, and no refusal of a user without an account")
    func otherRefusals() throws {
        var script = try identifying()
        script.pass(.seconds(15))
        let full = script.perform(Self.join)
        try script.receive(":s 471 me #c :Full")
        #expect(script.failure(full) == .roomFull)
        var anonymous = try ClientScript.ready(.fences)
        let id = anonymous.perform(Self.join)
        try anonymous.receive(":s 477 me #c :You need to be identified")
        #expect(anonymous.failure(id) == .registrationRequired)
    }

    @Test("A user may leave a channel that waits for the login")
    func leaveWhileWaiting() throws {
        var script = try identifying()
        script.pass(.seconds(15))
        let id = script.perform(Self.join)
        try script.receive(":s 477 me #c :You need to be identified")
        let leave = script.perform(.leave(ClientScript.room, reason: nil))
        try script.receive(":s 442 me #c :Not there")
        #expect(script.failure(id) == .notInRoom)
        #expect(script.outcomes(leave) == [.outcome(leave, .accepted(as: nil))])
        script.forget()
        try script.receive(":s 900 me me!u@h me :x")
        #expect(script.written.isEmpty)
    }

    @Test("A wrong password ends the connection and says why")
    func wrongPassword() throws {
        var script = try identifying()
        try script.receive(":NickServ!s@h NOTICE me :Password incorrect.")
        #expect(script.end?.cause == .login)
        #expect(script.end?.failure.kind == .notAuthorized)
        #expect(script.end?.failure.text.contains("Password incorrect.") == true)
    }

    @Test("SCRAM is computed in slices, and the wait for the verdict begins after the last one")
    func scram() throws {
        var credentials = Self.credentials
        credentials.mechanism = .scram
        var script = ClientScript(credentials: credentials)
        try script.receive("CAP * LS :sasl=SCRAM-SHA-256", "CAP * ACK :sasl", "AUTHENTICATE +")
        script.forget()
        let challenge = SASLPayload.lines(Array("r=nonce-0-1x,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=10000".utf8))
        try script.receive(challenge[0].text)
        #expect(script.written.isEmpty)
        var slices = 0
        while script.client.wantsKey {
            script.pass(.seconds(2))
            script.client.deriveSlice(now: script.now)
            script.turn()
            slices += 1
        }
        #expect(slices == 10)
        #expect(script.takeWritten().count == 1)
        script.pass(.seconds(14))
        #expect(script.end == nil && script.written.isEmpty)
        try script.receive(":s 904 me :no")
        #expect(script.end?.cause == .login)
    }

    @Test("Commands of the user are written before channels are entered, and their echoes are not shown")
    func commands() throws {
        let lines = try LoginField.lines(of: "MODE me +x\nPRIVMSG Q :AUTH me hush")
        var script = ClientScript(
            rejoin: [IRCClient.Rejoin(room: ClientScript.room, key: nil)], commands: lines)
        try script.receive("CAP * LS :echo-message", "CAP * ACK :echo-message", ":s 001 me :Hi")
        script.forget()
        try script.receive(":s 376 me :End")
        #expect(script.takeWritten() == ["MODE me +x", "PRIVMSG Q :AUTH me hush", "JOIN #c"])
        try script.receive(":me!u@h PRIVMSG Q :AUTH me hush")
        #expect(!script.events.contains { "\($0)".contains("hush") })
        #expect(script.client.unshownEchoes.isEmpty)
    }

    @Test("Commands count for flood control")
    func commandsAndFlood() throws {
        let lines = try LoginField.lines(of: "A 1\nA 2\nA 3")
        var script = ClientScript(flood: FloodLimit(burst: 3, perSecond: 1), commands: lines)
        try script.receive("CAP * LS :", ":s 001 me :Hi", ":s 376 me :End")
        script.forget()
        _ = script.perform(Self.join)
        #expect(script.takeWritten().isEmpty)
        script.pass(.seconds(1))
        #expect(script.takeWritten() == ["JOIN #c"])
    }
}
