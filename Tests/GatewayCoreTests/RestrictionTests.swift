import GatewayKit
import GatewayTesting
import Registry
import Testing
import XMPP

@testable import GatewayCore

@Suite("Operators and restrictions")
struct RestrictionTests {
    private static let ops = "ops@home.test/o"
    private static let number = "+15550199@gw.test"

    private func scene() throws -> Scene {
        let scene = try Scene(StoredRules(), admins: ["ops@home.test"])
        _ = try scene.command("register", by: "anna@home.test/a", ["phone": ["+15550100"]])
        scene.forget()
        return scene
    }

    @Test("an operator who bans the own domain is not locked out, and can readmit it")
    func ownDomain() throws {
        let scene = try scene()
        _ = try scene.command("ban", by: Self.ops, ["accountjids": ["home.test"]])
        #expect(try scene.execute("bans").stanzaError?.condition == .forbidden, "others of the domain are banned")
        let rows = try scene.command("bans", by: Self.ops).rows
        #expect(rows == [["home.test", "banned", "", "ops@home.test"]])
        #expect(
            try scene.chat("bans", from: Self.ops) == [
                "1 suspended or banned:\nhome.test, banned, by ops@home.test"
            ])
        let lifted = try scene.command(
            "http://jabber.org/protocol/admin#reenable-user", by: Self.ops, ["accountjids": ["home.test"]])
        #expect(lifted.words == ["Readmitted: home.test."])
        #expect(scene.store.restrictions.isEmpty)
    }

    @Test("new access rules count at once: who is not named any more loses the session, and new operators may command")
    func newRules() throws {
        let scene = try scene()
        let rules = CoreAccess(
            allows: { $0.domain == "home.test" && $0.local != "anna" }, isAdmin: { $0.local == "ben" },
            isProgramAdmin: { _ in false }, operatorAddresses: ["xmpp:ben@home.test"])
        scene.post(.accessChanged(rules))
        #expect(scene.closed.map(\.user) == [UserID("anna@home.test")])
        #expect(try scene.execute("contacts").stanzaError?.condition == .forbidden)
        #expect(try scene.execute("bans", by: Self.ops).stanzaError?.condition == .forbidden)
        #expect(try scene.execute("bans", by: "ben@home.test/b").stanzaError == nil)
        #expect(try scene.execute("reload", by: "ben@home.test/b").stanzaError?.condition == .forbidden)
        #expect(scene.store.record(of: UserID("anna@home.test")).accounts.count == 1, "the registration stays")
    }

    @Test("the command 'reload' has the program read its configuration")
    func reload() throws {
        let scene = try scene()
        #expect(try scene.command("reload", by: Self.ops).words == ["an answer of the program"])
        #expect(scene.programRequests == [.reload])
    }

    @Test("several subjects are banned by one change, so that all are stored or none")
    func atOnce() throws {
        let scene = try scene()
        let before = scene.changes.count
        _ = try scene.command("ban", by: Self.ops, ["accountjids": ["a.test", "b.test"]])
        let changes = scene.changes.dropFirst(before).compactMap { $0.of(ChangeRestrictions.self) }
        #expect(changes.map { $0.set.map(\.subject) } == [["a.test", "b.test"]])
        scene.registryFailure = .unavailable("disk full")
        let failed = try scene.execute("ban", by: Self.ops, ["accountjids": ["c.test"]])
        #expect(failed.stanzaError?.condition == .internalServerError)
        #expect(scene.kernel.restrictions.all.map(\.subject) == ["a.test", "b.test"])
    }

    @Test("a banned user gets no presence of contacts when the stream opens")
    func announcedPresence() throws {
        let scene = try scene()
        for user in ["anna@home.test", "ben@away.test"] {
            try scene.receive(from: user, "<presence type='subscribe' to='gw.test'/>")
        }
        _ = try scene.command("ban", by: Self.ops, ["accountjids": ["away.test"]])
        scene.post(.linkClosed)
        scene.forget()
        scene.post(.linkOpened)
        #expect(Set(scene.presences.compactMap { $0.head.to?.description }) == ["anna@home.test"])
    }
}

@Suite("Draining the queue while messages are handed over")
struct DrainTests {
    private static let ops = "ops@home.test/o"

    /// A scene in which anna has written a message, and the registry has not answered its hand-over.
    private func scene() throws -> Scene {
        let scene = try Scene(StoredRules(), admins: ["ops@home.test"])
        _ = try scene.command("register", by: "anna@home.test/a", ["phone": ["+15550100"]])
        scene.forget()
        scene.answersCommits = false
        try scene.receive(
            from: "anna@home.test/a",
            "<message type='chat' id='s' to='+15550199@gw.test'><body>x</body></message>")
        scene.answerCommits()
        #expect(scene.requests.isEmpty, "the mark of the hand-over is being stored")
        return scene
    }

    @Test("a message on its way is not given up", arguments: ["give-up", "send"])
    func onItsWay(action: String) throws {
        let scene = try scene()
        let answer = try scene.command("drain", by: Self.ops, ["action": [action]])
        #expect(answer.words == ["No message waits."])
        scene.answersCommits = true
        scene.answerCommits()
        #expect(scene.messages.filter { $0.type == .error }.isEmpty)
        let id = try scene.takeRequest().id
        scene.event(.outcome(id, .failed(Failure(.remoteDown, "away", retry: .after(.zero)))), network: "phone")
        scene.advance(by: .seconds(5))
        #expect(scene.requests.count == 1, "it is tried again")
    }

    @Test("a hand-over that could not be stored is tried again")
    func notStored() throws {
        let scene = try scene()
        scene.registryFailure = .unavailable("disk full")
        scene.answerCommits()
        scene.registryFailure = nil
        scene.answersCommits = true
        scene.advance(by: .seconds(5))
        #expect(scene.requests.count == 1)
    }

    @Test("a message that is given up is not handed over meanwhile, even if the registry fails")
    func givenUp() throws {
        let scene = try scene()
        scene.answersCommits = true
        scene.answerCommits()
        let id = try scene.takeRequest().id
        scene.event(.outcome(id, .failed(Failure(.remoteDown, "away", retry: .after(.seconds(3))))), network: "phone")
        scene.registryFailure = .unavailable("disk full")
        _ = try scene.execute("drain", by: Self.ops, ["action": ["give-up"]])
        scene.registryFailure = nil
        scene.advance(by: .seconds(20))
        #expect(scene.requests.isEmpty)
        #expect(scene.messages.map(\.head.id).contains("s"))
        #expect(scene.ledger.values.map(\.state) == [.failed])
    }

    @Test("the queues are told by network and state, with the messages for users")
    func queues() throws {
        let scene = try scene()
        scene.answersCommits = true
        scene.answerCommits()
        scene.event(
            .message(
                InboundMessage(
                    from: .peer(PeerAddress(network: StoredRules.network, name: "+15550198")), text: "hi",
                    id: MessageID("p1"))), network: "phone", token: 1)
        let rows = try scene.command("queues", by: Self.ops).rows
        #expect(
            rows == [
                ["phone", "1", "are being sent", "2026-01-01T12:00:00Z"],
                ["phone", "1", "wait for the XMPP server or its users", "2026-01-01T12:00:00Z"],
            ])
    }
}
