import Basics
import Foundation
import GatewayKit
import Testing

@testable import IRCAdapter

struct LoginRegistrationTests {
    private static let password = Credentials(account: "anna", password: Secret("hush"), mechanism: .plain)

    private func registration(
        _ credentials: Credentials? = password, service: AccountService? = AccountService(), isRequired: Bool = true
    ) -> ConnectionRegistration {
        var credentials = credentials
        credentials?.isRequired = isRequired
        return ConnectionRegistration(
            ConnectionRegistration.Login(
                nick: WantedNick(name: "anna", isChosen: true), user: .star, realName: "Anna", password: nil,
                acceptsOtherNick: false, nickLength: 30,
                account: credentials.map { AccountLogin($0, service: service, nonce: "n") }))
    }

    /// Feeds the lines. Returns the actions as text: sent lines as they are, and the names of the others.
    private func feed(_ machine: inout ConnectionRegistration, _ lines: String...) throws -> [String] {
        try lines.flatMap { words(machine.received(try IRCMessage($0))) }
    }

    private func words(_ actions: [ConnectionRegistration.Action]) -> [String] {
        actions.map { action in
            switch action {
            case .send(let line): line.text
            case .welcomed: "welcomed"
            case .loggedIn(let account): "logged in as \(account)"
            case .tell: "told"
            case .ready: "ready"
            case .failed(let failure, let cause): "failed: \(failure.kind) \(cause)"
            }
        }
    }

    private static let plain = "AUTHENTICATE :" + Data("\0anna\0hush".utf8).base64EncodedString()

    @Test("SASL is asked for only by a user with an account, and CAP END follows its end")
    func sasl() throws {
        var without = registration(nil)
        #expect(try feed(&without, "CAP * LS :sasl=PLAIN batch") == ["CAP REQ :batch"])
        var machine = registration()
        #expect(try feed(&machine, "CAP * LS :sasl=PLAIN batch") == ["CAP REQ :batch sasl"])
        #expect(try feed(&machine, "CAP * ACK :batch sasl") == ["AUTHENTICATE :PLAIN"])
        #expect(machine.isLoggingIn)
        #expect(try feed(&machine, "AUTHENTICATE +") == [Self.plain])
        #expect(try feed(&machine, ":s 900 * n!u@h Anna :Logged in") == ["logged in as Anna"])
        #expect(try feed(&machine, ":s 903 * :ok") == ["CAP END"])
        #expect(!machine.isLoggingIn)
        #expect(try feed(&machine, ":s 001 anna :Hi", ":s 376 anna :End") == ["welcomed", "ready"])
    }

    @Test("A refused login ends the registration, unless the login is optional")
    func refused() throws {
        for isRequired in [true, false] {
            var machine = registration(isRequired: isRequired)
            _ = try feed(&machine, "CAP * LS :sasl=PLAIN", "CAP * ACK :sasl", "AUTHENTICATE +")
            let end = try feed(&machine, ":s 904 * :SASL authentication failed")
            #expect(end == (isRequired ? ["failed: notAuthorized login"] : ["told", "CAP END"]))
            guard !isRequired else { continue }
            // The same password is not sent to NickServ.
            #expect(try feed(&machine, ":s 001 anna :Hi", ":s 376 anna :End") == ["welcomed", "ready"])
        }
    }

    @Test("The words of the network are in the failure")
    func wordsOfNetwork() throws {
        var machine = registration()
        _ = try feed(&machine, "CAP * LS :sasl=PLAIN", "CAP * ACK :sasl", "AUTHENTICATE +")
        let actions = machine.received(try IRCMessage(":s 904 * :Your account is closed"))
        guard case .failed(let failure, _)? = actions.first else {
            Issue.record("no failure")
            return
        }
        #expect(failure.text.contains("Your account is closed"))
        #expect(failure.text.contains("settings"))
    }

    @Test("A refused capability sasl leaves the others, and NickServ is asked after the welcome")
    func refusedCapability() throws {
        var machine = registration()
        #expect(try feed(&machine, "CAP * LS :batch sasl") == ["CAP REQ :batch sasl"])
        #expect(try feed(&machine, "CAP * NAK :batch sasl") == ["CAP REQ :batch", "CAP REQ :sasl"])
        #expect(try feed(&machine, "CAP * NAK :sasl", "CAP * ACK :batch") == ["CAP END"])
        #expect(machine.capabilities.enabled == [.batch])
        #expect(
            try feed(&machine, ":s 001 anna :Hi", ":s 376 anna :End")
                == ["welcomed", "PRIVMSG NickServ :IDENTIFY anna hush"])
    }

    @Test(
        "The connection is ready when NickServ has confirmed the login, by whatever sign",
        arguments: [
            (":s 900 anna anna!u@h anna :You are now logged in", ["logged in as anna", "ready"]),
            (":NickServ!s@h NOTICE anna :You are now identified for anna.", ["logged in as anna", "ready"]),
        ])
    func nickServ(_ line: String, _ expected: [String]) throws {
        var machine = identifying()
        #expect(try feed(&machine, ":NickServ!s@h NOTICE anna :This nickname is registered.").isEmpty)
        #expect(!machine.isReady && machine.isLoggingIn)
        #expect(try feed(&machine, line) == expected)
        #expect(machine.isReady && !machine.isLoggingIn)
    }

    private func identifying(isRequired: Bool = true) -> ConnectionRegistration {
        var machine = registration(isRequired: isRequired)
        _ = try? feed(&machine, "CAP * LS :batch", "CAP * ACK :batch", ":s 001 anna :Hi", ":s 376 anna :End")
        return machine
    }

    @Test("A refusal of NickServ, and a network without it, end the registration unless the login is optional")
    func nickServRefuses() throws {
        for (line, failure) in [
            (":NickServ!s@h NOTICE anna :Password incorrect.", "failed: notAuthorized login"),
            (":s 401 anna NickServ :No such nick", "failed: remoteDown broken"),
        ] {
            var machine = identifying()
            #expect(try feed(&machine, line) == [failure])
            var optional = identifying(isRequired: false)
            #expect(try feed(&optional, line) == ["told", "ready"])
        }
    }

    @Test("If the account service says nothing, the user is told, and the connection becomes ready")
    func silentService() {
        var machine = identifying()
        #expect(words(machine.timedOut()) == ["told", "ready"])
        #expect(words(machine.timedOut()).isEmpty)
    }

    @Test("SASL without an answer fails as remoteDown, so that the connection is tried again")
    func silentSASL() throws {
        for isRequired in [true, false] {
            var machine = registration(isRequired: isRequired)
            _ = try feed(&machine, "CAP * LS :sasl=PLAIN", "CAP * ACK :sasl")
            let expected = isRequired ? ["failed: remoteDown broken"] : ["told", "CAP END"]
            #expect(words(machine.timedOut()) == ["AUTHENTICATE :*"] + expected)
        }
    }

    @Test("A user who is logged in by a certificate before the end of the welcome is not logged in again")
    func alreadyLoggedIn() throws {
        var machine = registration()
        _ = try feed(&machine, "CAP * LS :", ":s 001 anna :Hi", ":s 900 anna anna!u@h anna :x")
        #expect(try feed(&machine, ":s 376 anna :End") == ["ready"])
    }

    @Test("A network without a way to log in is remoteDown, and not notAuthorized")
    func noWay() throws {
        var machine = registration(service: nil)
        _ = try feed(&machine, "CAP * LS :", ":s 001 anna :Hi")
        #expect(try feed(&machine, ":s 376 anna :End") == ["failed: remoteDown login"])
    }

    @Test("SASL that comes back later is used then, and its failure does not end the connection")
    func later() throws {
        var machine = identifying(isRequired: true)
        _ = machine.timedOut()
        #expect(try feed(&machine, "CAP anna NEW :sasl=PLAIN") == ["CAP REQ :sasl"])
        #expect(try feed(&machine, "CAP anna ACK :sasl") == ["AUTHENTICATE :PLAIN"])
        #expect(try feed(&machine, "AUTHENTICATE +") == [Self.plain])
        #expect(try feed(&machine, ":s 904 anna :no") == ["told"])
        _ = try feed(&machine, "CAP anna DEL :sasl", "CAP anna NEW :sasl=PLAIN", "CAP anna ACK :sasl", "AUTHENTICATE +")
        #expect(try feed(&machine, ":s 903 anna :ok") == ["logged in as anna"])
        _ = try feed(&machine, "CAP anna DEL :sasl", "CAP anna NEW :sasl=PLAIN")
        #expect(try feed(&machine, "CAP anna ACK :sasl").isEmpty)
    }

    @Test("A server that offers SASL again and again gets the password a limited number of times")
    func endlessOffers() throws {
        var machine = identifying()
        _ = machine.timedOut()
        var attempts = 0
        for _ in 0..<50 {
            attempts += try feed(&machine, "CAP a DEL :sasl", "CAP a NEW :sasl", "CAP a ACK :sasl").count {
                $0 == "AUTHENTICATE :PLAIN"
            }
            _ = try feed(&machine, ":s 904 a :no")
        }
        #expect(attempts == ConnectionRegistration.loginLimit - 1)
    }
}
