import GatewayKit
import Registry
import Testing

@testable import SQLiteStore

@Suite("The record of operators, restrictions and moved users")
struct OperatorRecordTests {
    let folder: TemporaryFolder
    let registry: SQLiteStore

    init() throws {
        folder = try TemporaryFolder()
        registry = try folder.open()
    }

    private func commit(_ change: any StoreChange) async -> Result<ChangeReply, RegistryError> {
        await registry.commit(.other(AnyChange(change)))
    }

    @Test("A restriction replaces the earlier one, stays when the user's data go, and ends when it is lifted")
    func restrictions() async throws {
        let first = Restriction(
            subject: ann.rawValue, kind: .suspended, reason: "spam", setBy: "ops@example.org", setAt: time(0))
        var second = first
        (second.kind, second.reason) = (.banned, nil)
        for restriction in [first, second] {
            _ = await commit(ChangeRestrictions(gateway: sms, set: [restriction]))
        }
        _ = await commit(ChangeRestrictions(gateway: "irc.example.org", set: [first]))
        _ = await registry.commit(.removeUser(gateway: sms, ann, unique: [], at: time(1)))
        #expect(try await registry.snapshot(gateway: sms).restrictions == [second])
        _ = await commit(ChangeRestrictions(gateway: sms, lifted: [ann.rawValue]))
        #expect(try await registry.snapshot(gateway: sms).restrictions == [])
    }

    @Test("Acts are listed with the newest first, and are forgotten after 400 days")
    func acts() async throws {
        for number in 0..<3 {
            let act = OperatorAct(
                by: "ops@example.org", command: "ban", details: "\(number)", at: time(Double(number) * 86_400))
            _ = await commit(RecordAct(gateway: sms, act))
        }
        #expect(try await registry.read(OperatorActs(gateway: sms, limit: 2)).map(\.details) == ["2", "1"])
        _ = await registry.commit(.prune(now: time(401.5 * 86_400)))
        #expect(try await registry.read(OperatorActs(gateway: sms, limit: 9)).map(\.details) == ["2"])
    }

    @Test(
        "Users are found by a part of their id, page by page",
        arguments: [
            ("", ["ann", "bob", "c_d"]), ("B@", ["bob"]), ("example", ["ann", "bob", "c_d"]), ("_", ["c_d"]), ("%", []),
        ])
    func users(text: String, found: [String]) async throws {
        _ = await registry.commit(.saveAccount(account(ann, phone: "+1"), unique: []))
        for user in [ann, bob, UserID("c_d@example.org")] {
            _ = await registry.commit(.saveContact(ContactRecord(gateway: sms, user: user, localpart: "x")))
        }
        var users: [KnownUser] = []
        while true {
            let page = try await registry.read(
                UserPage(gateway: sms, containing: text.lowercased(), after: users.last?.user, limit: 2))
            users += page
            if page.count < 2 { break }
        }
        #expect(users.map { String($0.user.rawValue.prefix { $0 != "@" }) } == found)
        #expect(users.allSatisfy { $0.contacts == 1 && $0.isRegistered == ($0.user == ann) })
    }

    @Test("Queues are counted by network and state")
    func queues() async throws {
        _ = await registry.commit(.appendOutbound(outbound("a", at: 1)))
        _ = await registry.commit(.appendOutbound(outbound("b", user: bob, at: 2)))
        _ = await registry.commit(advance("b", to: .handing))
        _ = await registry.commit(.appendInbound(inbound("i", key: "k", at: 3)))
        #expect(
            try await registry.read(QueueCounts(gateway: sms)) == [
                QueueCount(network: kannel, state: .handing, messages: 1, oldest: time(2)),
                QueueCount(network: kannel, state: .waiting, messages: 1, oldest: time(1)),
                QueueCount(network: kannel, state: .inbound, messages: 1, oldest: time(3)),
            ])
    }

    @Test("All data of a user move to another user, with secrets that open, and nothing stays behind")
    func move() async throws {
        var own = account(ann, phone: "+15550100", password: "tide-table")
        let peer = PeerRecord(gateway: sms, user: ann, localpart: "+15550123", displayName: "Ben", lastSeen: time(0))
        _ = await registry.commit(.saveAccount(own, unique: ["phone"]))
        _ = await registry.commit(.saveContact(ContactRecord(gateway: sms, user: ann, localpart: "+15550123")))
        _ = await registry.commit(.savePeer(peer))
        _ = await registry.commit(.appendOutbound(outbound("a")))
        _ = await registry.commit(.appendInbound(inbound("i", key: "k")))
        let early = await commit(MoveUser(gateway: sms, from: ann, to: bob))
        #expect(early == .failure(.conflict(key: MoveUser.waitingMessages)))
        _ = await registry.commit(advance("a", to: .handing))
        _ = await registry.commit(advance("a", to: .accepted))
        #expect(await commit(MoveUser(gateway: sms, from: ann, to: bob)) == .success(.done))
        #expect(try await registry.readUser(ann) == UserRecord(user: ann))
        let moved = try await registry.readUser(bob)
        own.user = bob
        #expect(moved.accounts == [own] && moved.contacts.map(\.localpart) == ["+15550123"])
        #expect(moved.peers.map(\.displayName) == ["Ben"])
        let owner = try await registry.read(UniqueValueOwner(gateway: sms, UniqueValue("phone", "+15550100")))
        #expect(owner == bob)
        let data = try await registry.read(PersonalDataQuery(gateway: sms, user: bob, messages: 9))
        #expect(data.sent.map(\.id) == [RequestID("a")] && data.record == moved)
        let entry = try await registry.read(OutboundQuery(id: RequestID("a")))
        #expect(entry?.sender == bob.rawValue && entry?.account.user == bob)
    }

    @Test("A user with data takes over nothing")
    func occupied() async throws {
        _ = await registry.commit(.saveAccount(account(ann, phone: "+15550100"), unique: ["phone"]))
        _ = await registry.commit(.saveContact(ContactRecord(gateway: sms, user: bob, localpart: "x")))
        #expect(await commit(MoveUser(gateway: sms, from: ann, to: bob)) == .failure(.conflict(key: "contacts")))
        #expect(try await registry.readUser(ann).accounts.count == 1)
    }
}
