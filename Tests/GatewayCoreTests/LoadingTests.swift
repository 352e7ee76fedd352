import GatewayKit
import Registry
import Testing
import XML
import XMPP

@testable import GatewayCore

@Suite("Users are loaded with their first stanza or event")
struct LoadingTests {
    private static let anna = "anna@home.test"
    private static let account = AccountRecord(
        gateway: "gw.test", user: UserID(anna), network: nil, settings: ["phone": "+15550100"])

    private func scene(loads: Bool = false) throws -> Scene {
        let scene = try Scene(StoredRules(), snapshot: GatewaySnapshot(accounts: [Self.account]))
        scene.loadsAtOnce = loads
        scene.forget()
        return scene
    }

    private func ping(_ scene: Scene, _ id: Int, from: String = anna) throws {
        try scene.receive(
            from: "\(from)/a", "<iq type='get' id='\(id)'><ping xmlns='urn:xmpp:ping'/></iq>", to: "gw.test")
    }

    @Test("stanzas that arrive before the user is loaded are answered afterwards, in order, and the data are read once")
    func order() throws {
        let scene = try scene()
        for number in 0..<10 { try ping(scene, number) }
        #expect(scene.loading == [UserID(Self.anna)] && scene.sent.isEmpty)
        scene.load()
        #expect(scene.iqs.map(\.head.id) == (0..<10).map { "\($0)" } && scene.loading.isEmpty)
        try ping(scene, 10)
        #expect(scene.iqs.count == 11 && scene.loading.isEmpty)
    }

    @Test("the stanzas that wait for the user's data are bounded, and each stanza beyond the bound is refused")
    func bound() throws {
        let scene = try scene()
        for number in 0..<10_000 { try ping(scene, number) }
        // The allowance lets the burst through, and `mostWaiting` of it wait. The rest is refused at once.
        let burst = CoreSettings.Limits().stanzaBurst
        #expect(scene.iqs.count == 10_000 - Users.mostWaiting)
        #expect(scene.iqs.count { $0.stanzaError?.condition == .resourceConstraint } == burst - Users.mostWaiting)
        #expect(scene.iqs.allSatisfy { $0.stanzaError?.type == .wait })
        scene.load()
        #expect(scene.iqs.count == 10_000 && scene.iqs.count { $0.type == .result } == Users.mostWaiting)
    }

    @Test("the bytes of waiting stanzas are bounded for one user and for all users together")
    func bytes() throws {
        let scene = try scene()
        let large = String(repeating: "x", count: 250_000)
        func send(_ count: Int, from user: String) throws -> Int {
            let before = scene.sent.count
            for number in 0..<count {
                let xml = "<message id='\(number)'><body>\(large)</body></message>"
                try scene.receive(from: "\(user)/a", xml, to: "+15550111@gw.test")
            }
            let answers = scene.sent.dropFirst(before)
            #expect(answers.allSatisfy { $0.stanzaError?.condition == .resourceConstraint })
            return count - answers.count
        }
        let share = Users.mostWaitingBytes / 250_400
        #expect(try send(100, from: Self.anna) == share)
        #expect(try send(1, from: "bob@home.test") == 1, "another user has another share")
        var waiting = share + 1
        for number in 0..<40 { waiting += try send(20, from: "u\(number)@home.test") }
        #expect(waiting == Users.mostWaitingBytesOfAll / 250_400, "a stanza counts a little more than its text")
        scene.load()
        #expect(try send(1, from: "late@home.test") == 1, "inputs that no longer wait are not counted")
    }

    @Test("the goodbyes of a user may take twice as many bytes as other stanzas")
    func goodbyeBytes() throws {
        var users = Users()
        let head = StanzaHead(to: try JID("gw.test"), from: try JID("anna@home.test/a"))
        let large = Presence(head, type: .unavailable, status: String(repeating: "x", count: 1 << 20))
        let inputs = (0..<10).map { _ in users.wait(.stanza(.presence(large)), for: UserID("a"), isGoodbye: true) }
        #expect(inputs.count { $0 != .full } == 7)
        #expect(users.wait(.stanza(.presence(large)), for: UserID("a")) == .full)
    }

    @Test("users who are being loaded have a bound; stanzas of further ones are refused at once, and events wait")
    func strangers() throws {
        var users = Users()
        let presence = Presence(StanzaHead(to: try JID("gw.test"), from: try JID("anna@home.test/a")), type: .available)
        let many = (0..<Users.mostLoading).map { users.wait(.stanza(.presence(presence)), for: UserID("u\($0)")) }
        #expect(many.allSatisfy { $0 == .startsLoading })
        #expect(users.wait(.stanza(.presence(presence)), for: UserID("next")) == .full)
        #expect(users.wait(.stanza(.presence(presence)), for: UserID("u0")) == .waits)
        #expect(users.wait(.timer(TimerTag("t")), for: UserID("other")) == .startsLoading)
        _ = users.takeWaiting(of: UserID("u0"))
        _ = users.takeWaiting(of: UserID("u1"))
        #expect(users.wait(.stanza(.presence(presence)), for: UserID("next")) == .startsLoading)
    }

    @Test("if the data cannot be read, waiting stanzas get an error of type wait, and the next stanza tries again")
    func failure() throws {
        let scene = try scene()
        scene.readFailure = .unavailable("no disk")
        try ping(scene, 1)
        try scene.receive(from: "\(Self.anna)/a", "<message id='m'><body>x</body></message>", to: "+15550111@gw.test")
        scene.load()
        let errors = scene.sent.compactMap(\.stanzaError)
        #expect(errors.map(\.condition) == [.internalServerError, .internalServerError])
        #expect(errors.allSatisfy { $0.type == .wait })
        scene.readFailure = nil
        try ping(scene, 2)
        scene.load()
        #expect(scene.iqs.last?.type == .result)
    }

    @Test("a message from the network for a user who is not loaded is stored and sent after loading")
    func event() throws {
        let scene = try scene()
        let peer = PeerAddress(network: StoredRules.network, name: "+15550111")
        let message = InboundMessage(from: .peer(peer), text: "hi", id: MessageID("1"))
        scene.event(.message(message), user: Self.anna, network: "phone", token: 1)
        #expect(scene.sent.isEmpty && scene.storageAnswers.isEmpty)
        scene.load()
        #expect(scene.messages.map(\.body) == ["hi"] && scene.storageAnswers[StorageToken(1)] == .stored)
    }

    @Test("if the data cannot be read, a waiting event is refused, so that the network offers it again")
    func eventFailure() throws {
        let scene = try scene()
        scene.readFailure = .unavailable("no disk")
        let peer = PeerAddress(network: StoredRules.network, name: "+15550111")
        let message = InboundMessage(from: .peer(peer), text: "hi", id: MessageID("1"))
        scene.event(.message(message), user: Self.anna, network: "phone", token: 1)
        scene.load()
        guard case .refused? = scene.storageAnswers[StorageToken(1)] else {
            Issue.record("\(scene.storageAnswers)")
            return
        }
        #expect(scene.sent.isEmpty)
    }

    @Test("a session that opens with its user is closed when the user is forgotten, and opened again with the user")
    func withUser() throws {
        let scene = try scene(loads: true)
        #expect(scene.opened.isEmpty, "no session is open before the user is loaded")
        try ping(scene, 0)
        #expect(scene.opened.map(\.id.user) == [UserID(Self.anna)] && scene.closed.isEmpty)
        #expect(scene.opened.first?.settings == ["phone": "+15550100"])
        for number in 0..<3 * Users.most { try ping(scene, number, from: "u\(number)@home.test") }
        #expect(scene.kernel.users[UserID(Self.anna)] == nil, "no feature keeps the user")
        #expect(scene.kernel.users.loaded.count < 2 * Users.most)
        #expect(scene.closed == scene.opened.map(\.id))
        try scene.receive(from: "\(Self.anna)/a", "<message id='m'><body>x</body></message>", to: "+15550111@gw.test")
        #expect(scene.opened.count == 2 && scene.closed.count == 1 && scene.takeRequests().count == 1)
    }

    @Test("a session that opens with its user counts as connected at once, because it needs no connection")
    func connectedAtOnce() throws {
        let scene = try scene(loads: true)
        let lines = try scene.command("connection", by: "\(Self.anna)/a").words
        #expect(lines.contains { $0.hasPrefix("phone: connected") }, "\(lines)")
    }

    @Test("a user with a message on its way keeps the session")
    func underWay() throws {
        let scene = try scene(loads: true)
        try scene.receive(from: "\(Self.anna)/a", "<message id='m'><body>x</body></message>", to: "+15550111@gw.test")
        for number in 0..<3 * Users.most { try ping(scene, number, from: "u\(number)@home.test") }
        #expect(scene.kernel.users[UserID(Self.anna)] != nil && scene.opened.count == 1 && scene.closed.isEmpty)
    }

    @Test("a state event of an account whose user is not loaded loads no user")
    func lateState() throws {
        let scene = try scene()
        scene.event(.state(.online(nick: "a")), network: "phone")
        #expect(scene.loading.isEmpty && scene.sent.isEmpty)
    }

    @Test("a user with an unanswered commit is not forgotten, because a read could miss the change")
    func writes() throws {
        let scene = try Scene.live()
        scene.answersCommits = false
        try scene.receive(from: "\(Self.anna)/a", "<presence type='subscribe'/>", to: "gw.test")
        for number in 0..<3 * Users.most { try ping(scene, number, from: "u\(number)@home.test") }
        #expect(scene.kernel.users[UserID(Self.anna)] != nil)
        scene.answerCommits()
        #expect(scene.presences.contains { $0.type == .subscribed })
    }
}
