import Basics
import GatewayKit
import Testing

@testable import IRCAdapter

struct ConnectionRegistrationTests {
    private func registration(
        nick: String = "anna", chosen: Bool = true, password: String? = nil, nickLength: Int = 30
    ) -> ConnectionRegistration {
        ConnectionRegistration(
            ConnectionRegistration.Login(
                nick: WantedNick(name: nick, isChosen: chosen), user: UserName.choose(nil, nick: nick),
                realName: "Anna A", password: password.map { Secret($0) }, acceptsOtherNick: !chosen,
                nickLength: nickLength))
    }

    private func feed(_ registration: inout ConnectionRegistration, _ lines: String...) throws
        -> [ConnectionRegistration.Action]
    {
        try lines.flatMap { registration.received(try IRCMessage($0)) }
    }

    private func sent(_ actions: [ConnectionRegistration.Action]) -> [String] {
        actions.compactMap { if case .send(let line) = $0 { line.text } else { nil } }
    }

    private func failure(_ actions: [ConnectionRegistration.Action]) -> Failure.Kind? {
        for case .failed(let failure, _) in actions { return failure.kind }
        return nil
    }

    @Test("The registration begins with the capabilities, then the password, the nick and the user")
    func start() {
        var machine = registration()
        #expect(machine.start().map(\.text) == ["CAP LS 302", "NICK :anna", "USER anna 0 * :Anna A"])
        var protected = registration(password: "s e:cret")
        #expect(protected.start()[1].text == "PASS :s e:cret")
    }

    @Test("CAP END follows the last answer, and the end of the welcome makes the connection ready")
    func welcome() throws {
        var machine = registration()
        #expect(sent(try feed(&machine, "CAP * LS :multi-prefix")) == ["CAP REQ :multi-prefix"])
        #expect(sent(try feed(&machine, "CAP * ACK :multi-prefix")) == ["CAP END"])
        #expect(try feed(&machine, ":s 001 anna_x :Welcome") == [.welcomed(nick: "anna_x")])
        #expect(try feed(&machine, ":s 002 anna :x", ":s 005 anna A B :x", "NOTICE * :y").isEmpty)
        #expect(!machine.isReady)
        #expect(try feed(&machine, ":s 422 anna :No MOTD") == [.ready])
        #expect(try feed(&machine, ":s 376 anna :End").isEmpty)
        #expect(machine.isReady)
    }

    @Test(
        "A server that does not know CAP welcomes us all the same",
        arguments: ["421 * CAP :Unknown command", "410 * LS :x", "001 anna :hi"])
    func noCapabilities(_ line: String) throws {
        var machine = registration()
        _ = try feed(&machine, line, "001 anna :hi")
        #expect(try feed(&machine, "376 anna :end") == [.ready])
    }

    @Test(
        "A chosen nick that is taken ends the registration",
        arguments: [
            ("433 * anna :In use", Failure.Kind.conflict), ("436 * anna :Collision", .conflict),
            ("437 * anna :Held", .conflict), ("432 * anna :Bad", .malformedAddress),
            ("431 * :No nick", .malformedAddress),
        ])
    func takenNick(_ line: String, _ kind: Failure.Kind) throws {
        var machine = registration()
        #expect(failure(try feed(&machine, line)) == kind)
        #expect(try feed(&machine, line).isEmpty)
    }

    @Test("A suggested nick that is taken is replaced by a similar one, within the length allowed, at most six times")
    func replacedNick() throws {
        var machine = registration(chosen: false, nickLength: 6)
        let tries = try (0..<6).map { _ in sent(try feed(&machine, "433 * x :In use")) }
        #expect(
            tries == [
                ["NICK :anna_"], ["NICK :anna__"], ["NICK :ann___"], ["NICK :an____"], ["NICK :a_____"],
                ["NICK :a______"],
            ])
        #expect(failure(try feed(&machine, "433 * x :In use")) == .conflict)
    }

    @Test("A suggested nick that the network does not allow is shortened and made ASCII")
    func erroneousNick() throws {
        var machine = registration(nick: "żółwżółwżółw", chosen: false)
        #expect(sent(try feed(&machine, "432 * x :Erroneous")) == ["NICK :______w__"])
    }

    @Test("A nick chosen during the login replaces the wanted one; a late refusal of the old one is ignored")
    func changedWish() throws {
        var machine = registration(nick: "anna")
        #expect(sent(machine.change(nick: WantedNick(name: "bea", isChosen: true))) == ["NICK :bea"])
        #expect(try feed(&machine, "433 * anna :In use").isEmpty)
        #expect(failure(try feed(&machine, "433 * bea :In use")) == .conflict)
    }

    @Test("A nick that is chosen in place of one that nobody chose is not replaced by another")
    func chosenLate() throws {
        var machine = registration(nick: "anna", chosen: false)
        #expect(sent(machine.change(nick: WantedNick(name: "bea", isChosen: true))) == ["NICK :bea"])
        #expect(failure(try feed(&machine, "433 * bea :In use")) == .conflict)
    }

    @Test(
        "A wrong password and a ban have different failures",
        arguments: [
            ("464 * :Password incorrect", Failure.Kind.notAuthorized), ("465 * :You are banned", .forbidden),
            ("463 * :Not privileged", .forbidden),
        ])
    func refusals(_ line: String, _ kind: Failure.Kind) throws {
        var machine = registration()
        #expect(failure(try feed(&machine, line)) == kind)
    }

    @Test(
        "The text of ERROR decides the pause before the next attempt",
        arguments: [
            ("Closing Link: x (K-Lined)", LinkEnd.Cause.banned), ("Trying to reconnect too fast.", .throttled),
            ("Closing Link: [Throttled]", .throttled), ("Too many connections from your host", .throttled),
            ("Closing Link: x by s (G-lined)", .banned), ("Closing link: (u@h) [Z-lined: spam]", .banned),
            ("Closing Link: AutoKilled: [AKILL ID:7K-a]", .banned),
            ("User has been permanently banned from x", .banned),
            ("*** You are not welcome: D-line active", .banned),
            ("No more connections allowed in your class", .throttled),
            ("Closing Link: x (SASL access only)", .login), ("Access denied: Bad password?", .login),
            ("Closing link: (u@h) [Invalid password]", .login), ("Closing Link: x (Password mismatch)", .login),
            ("Closing Link: x (Server is full)", .broken),
            ("Quit: sending lines", .broken), ("Ping timeout", .broken), ("", .broken),
        ])
    func errors(_ words: String, _ cause: LinkEnd.Cause) {
        let end = LinkEnd.error(words, server: "net")
        #expect(end.cause == cause)
        #expect(end.isTemporary == (cause != .login))
        #expect((end.pause > .zero) == [.banned, .throttled].contains(cause))
    }
}
