import GatewayKit
import Registry
import Testing

@testable import SQLiteStore

@Suite("One user, and pages of contacts")
struct PersonTests {
    let folder: TemporaryFolder
    let registry: SQLiteStore

    init() throws {
        folder = try TemporaryFolder()
        registry = try folder.open()
    }

    private func contact(_ user: UserID, _ localpart: String, on gateway: String = sms) -> ContactRecord {
        ContactRecord(gateway: gateway, user: user, localpart: localpart)
    }

    @Test("A person has the data of one user on one gateway: no other user's data, and none of another gateway")
    func person() async throws {
        let accounts = [account(ann, phone: "+15550100", password: "x"), account(ann, phone: "+1", network: kannel)]
        let peer = PeerRecord(gateway: sms, user: ann, localpart: "+15550123", displayName: "Ben", lastSeen: time(0))
        var strangers = peer
        strangers.user = bob
        var elsewhere = account(ann, phone: "+15550100")
        elsewhere.gateway = "irc.example.org"
        let changes: [Change] =
            accounts.map { .saveAccount($0, unique: []) } + [
                .saveAccount(account(bob, phone: "+15550101"), unique: []), .saveAccount(elsewhere, unique: []),
                .saveContact(contact(ann, "+15550123")), .saveContact(contact(ann, "")),
                .saveContact(contact(bob, "+15550124")), .saveContact(contact(ann, "x", on: "irc.example.org")),
                .savePeer(peer), .savePeer(strangers),
            ]
        #expect(try await registry.commitTogether(changes).replies == changes.map { _ in .success(.done) })
        #expect(
            try await registry.readUser(ann)
                == UserRecord(
                    user: ann, accounts: accounts, contacts: [contact(ann, ""), contact(ann, "+15550123")],
                    peers: [peer]))
        #expect(try await registry.readUser(ann, on: "irc.example.org").accounts == [elsewhere])
        #expect(try await registry.readUser(UserID("eve@example.org")) == UserRecord(user: UserID("eve@example.org")))
    }

    @Test("Pages contain each contact of all users of a gateway once", arguments: [1, 2, 3, 100])
    func pages(limit: Int) async throws {
        let all = [contact(ann, ""), contact(ann, "a"), contact(ann, "b"), contact(bob, ""), contact(bob, "a")]
        for contact in all.reversed() + [contact(ann, "z", on: "irc.example.org")] {
            _ = await registry.commit(.saveContact(contact))
        }
        func read(onlyGateway: Bool) async throws -> [ContactRecord] {
            var seen: [ContactRecord] = []
            while true {
                let page = ContactPage(gateway: sms, after: seen.last, limit: limit, onlyGateway: onlyGateway)
                let contacts = try await registry.read(page)
                seen += contacts
                if contacts.count < limit { return seen }
            }
        }
        #expect(try await read(onlyGateway: false) == all)
        #expect(try await registry.read(ContactPage(gateway: sms, limit: limit)) == Array(all.prefix(limit)))
        #expect(try await read(onlyGateway: true) == [contact(ann, ""), contact(bob, "")])
    }

    @Test(
        "A snapshot has accounts only on request, and no messages of an account that cannot be read")
    func lean() async throws {
        let readable = account(bob, phone: "+15550101", password: "y")
        for account in [account(ann, phone: "+15550100", password: "x"), readable] {
            _ = await registry.commit(.saveAccount(account, unique: []))
        }
        _ = await registry.commit(.saveContact(contact(ann, "")))
        for user in [ann, bob] { _ = await registry.commit(.appendOutbound(outbound("of-\(user)", user: user))) }
        try await registry.execute(
            "UPDATE account_settings SET sealed = zeroblob(40) WHERE user = '\(ann)' AND sealed <> ''")
        let lean = try await registry.snapshot(gateway: sms, accounts: false)
        #expect(lean == GatewaySnapshot(outbound: [outbound("of-\(bob)", user: bob)]))
        let whole = try await registry.snapshot(gateway: sms, accounts: true)
        #expect(whole == GatewaySnapshot(accounts: [readable], outbound: lean.outbound))
    }

    @Test("A person's account with a secret that does not open is left out and logged once, however often it is read")
    func unreadable() async throws {
        let lines = LogLines()
        await registry.close()
        let registry = try folder.open(logger: lines.logger)
        let readable = account(ann, phone: "+1", password: "y", network: kannel)
        for account in [account(ann, phone: "+15550100", password: "x"), readable] {
            _ = await registry.commit(.saveAccount(account, unique: []))
        }
        try await registry.execute(
            "UPDATE account_settings SET sealed = zeroblob(40) WHERE network = '' AND sealed <> ''")
        for _ in 0..<3 { #expect(try await registry.readUser(ann).accounts == [readable]) }
        #expect(lines.all == ["error an account is left out, because one of its secrets does not open"])
    }
}
