import GRDB
import GatewayKit
import Registry
import Testing

@testable import SQLiteStore

@Suite struct RecordTests {
    let folder: TemporaryFolder
    let registry: SQLiteStore

    init() throws {
        folder = try TemporaryFolder()
        registry = try folder.open()
    }

    @Test("An account is read with its settings and open secrets, both for the gateway and for a network")
    func accounts() async throws {
        let gateway = account(ann, phone: "+15550100", password: "tide-table")
        let network = AccountRecord(gateway: sms, user: ann, network: kannel, settings: ["nick": "Ännchen 🌊"])
        let bare = AccountRecord(gateway: sms, user: bob, network: nil, settings: [:])
        for record in [gateway, network, bare] {
            #expect(await registry.commit(.saveAccount(record, unique: [])) == .success(.done))
        }
        #expect(try await registry.snapshot(gateway: sms).accounts == [gateway, network, bare])
        #expect(try await registry.snapshot(gateway: "irc.example.org") == GatewaySnapshot())
    }

    @Test("Saving an account again replaces all of its settings")
    func replace() async throws {
        _ = await registry.commit(.saveAccount(account(ann, phone: "+15550100", password: "old"), unique: []))
        _ = await registry.commit(.saveAccount(account(ann, phone: "+15550101"), unique: []))
        #expect(try await registry.snapshot(gateway: sms).accounts == [account(ann, phone: "+15550101")])
    }

    @Test(
        "A unique value belongs to one user of a gateway, who can save it again, give it up, and use it on two networks"
    )
    func unique() async throws {
        func save(_ record: AccountRecord) async -> Result<ChangeReply, RegistryError> {
            await registry.commit(.saveAccount(record, unique: ["phone"]))
        }
        #expect(await save(account(ann, phone: "+15550100")) == .success(.done))
        #expect(await save(account(ann, phone: "+15550100")) == .success(.done))
        #expect(await save(account(ann, phone: "+15550100", network: kannel)) == .success(.done))
        #expect(await save(account(bob, phone: "+15550100")) == .failure(.conflict(key: "phone")))
        var elsewhere = account(bob, phone: "+15550100")
        elsewhere.gateway = "voice.example.org"
        #expect(await save(elsewhere) == .success(.done))
        #expect(
            await registry.commit(.removeUser(gateway: sms, ann, unique: ["phone"], at: time(0))) == .success(.done))
        #expect(await save(account(bob, phone: "+15550100")) == .success(.done))
    }

    @Test("A secret key cannot be unique, because sealed values cannot be compared")
    func secretAndUnique() async throws {
        let result = await registry.commit(
            .saveAccount(account(ann, phone: "+15550100", password: "x"), unique: ["password"]))
        #expect(result == .failure(.unavailable("'password' cannot be both secret and unique")))
        #expect(try await registry.count("accounts") == 0)
    }

    @Test("A contact is added once and removed; removing a missing contact is no error")
    func contacts() async throws {
        let gateway = ContactRecord(gateway: sms, user: ann, localpart: "")
        let peer = ContactRecord(gateway: sms, user: ann, localpart: "+15550123")
        for contact in [gateway, peer, peer] { _ = await registry.commit(.saveContact(contact)) }
        #expect(try await registry.readUser(ann).contacts == [gateway, peer])
        for contact in [gateway, gateway] {
            #expect(await registry.commit(.removeContact(contact)) == .success(.done))
        }
        #expect(try await registry.readUser(ann).contacts == [peer])
    }

    @Test("A peer is replaced when it is saved again")
    func peers() async throws {
        var peer = PeerRecord(gateway: sms, user: ann, localpart: "+15550123", displayName: "Ben", lastSeen: time(0))
        _ = await registry.commit(.savePeer(peer))
        peer.displayName = nil
        peer.lastSeen = time(60.25)
        _ = await registry.commit(.savePeer(peer))
        #expect(try await registry.readUser(ann).peers == [peer])
    }

    @Test("Removing a user removes all their data on that gateway, and no other data")
    func removal() async throws {
        var away = account(ann, phone: "+15550100")
        away.gateway = "irc.example.org"
        let changes: [Change] = [
            .saveAccount(account(ann, phone: "+15550100", password: "x"), unique: []),
            .saveAccount(account(bob, phone: "+15550101"), unique: []), .saveAccount(away, unique: []),
            .saveContact(ContactRecord(gateway: sms, user: ann, localpart: "")),
            .savePeer(
                PeerRecord(gateway: sms, user: ann, localpart: "+1555", displayName: nil, lastSeen: time(0))),
            .appendOutbound(outbound("a")), .appendOutbound(outbound("b", user: bob)),
            .appendInbound(inbound("i", key: "k")), .removeUser(gateway: sms, ann, unique: ["phone"], at: time(0)),
        ]
        #expect(try await registry.commitTogether(changes).outage == nil)
        let left = GatewaySnapshot(accounts: [account(bob, phone: "+15550101")], outbound: [outbound("b", user: bob)])
        #expect(try await registry.snapshot(gateway: sms) == left)
        #expect(try await registry.readUser(ann) == UserRecord(user: ann))
        #expect(try await registry.snapshot(gateway: "irc.example.org").accounts == [away])
        #expect(await registry.commit(.appendInbound(inbound("j", key: "k"))) == .success(.inserted(false)))
    }

    @Test("U+0000, which SQLite cannot store, becomes U+FFFD, and never ends a key early")
    func nul() async throws {
        #expect(await registry.commit(.appendInbound(inbound("i", key: "k\0one"))) == .success(.inserted(true)))
        #expect(await registry.commit(.appendInbound(inbound("j", key: "k\0two"))) == .success(.inserted(true)))
        let keys = try await registry.snapshot(gateway: sms).inbound.map(\.deduplicationKey)
        #expect(keys == ["k\u{FFFD}one", "k\u{FFFD}two"])
    }
}
