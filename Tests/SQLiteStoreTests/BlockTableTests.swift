import GatewayKit
import Registry
import Testing

@testable import SQLiteStore

@Suite("Blocked addresses and both directions of subscriptions")
struct BlockTableTests {
    let folder: TemporaryFolder
    let registry: SQLiteStore

    init() throws {
        folder = try TemporaryFolder()
        registry = try folder.open()
    }

    private func change(_ blocked: [BlockedAddress] = [], unblocked: [BlockedAddress] = [], of user: UserID = ann) async
    {
        let change = ChangeBlocks(gateway: sms, user: user, blocked: blocked, unblocked: unblocked)
        #expect(await registry.commit(.other(AnyChange(change))) == .success(.done))
    }

    private func blocked(_ user: UserID = ann) async throws -> [BlockedAddress] {
        try await registry.readUser(user).blocked
    }

    private static let ben = BlockedAddress(localpart: "+15550123")
    private static let talk = BlockedAddress(localpart: "#c", nick: "Ben")

    @Test("Addresses are blocked once, unblocked, and removed with their user alone")
    func changes() async throws {
        await change([Self.ben, Self.talk, Self.ben])
        await change([Self.ben])
        await change([Self.ben], of: bob)
        #expect(try await blocked() == [Self.talk, Self.ben])
        await change(unblocked: [Self.talk, BlockedAddress(localpart: "#c")])
        #expect(try await blocked() == [Self.ben])
        _ = await registry.commit(.removeUser(gateway: sms, ann, unique: [], at: time(0)))
        #expect(try await blocked().isEmpty)
        #expect(try await blocked(bob) == [Self.ben])
    }

    @Test("Messages of a blocked person that wait are finished, and those of others and of conversations are not")
    func waiting() async throws {
        let account = AccountID(user: ann, network: NetworkID("phone"))
        for (number, localpart) in ["+15550123", "+15550124", "#c"].enumerated() {
            let entry = InboundEntry(
                id: "i\(number)", gateway: sms, account: account, localpart: localpart, displayName: nil, text: "hi",
                deduplicationKey: "k\(number)", receivedAt: time(0))
            _ = await registry.commit(.appendInbound(entry))
        }
        await change([Self.ben, Self.talk])
        #expect(try await registry.snapshot(gateway: sms).inbound.map(\.id) == ["i1", "i2"])
    }

    @Test("A contact that is blocked, or that is none of the user's, is neither on a page nor counted")
    func pages() async throws {
        let contacts = [
            ContactRecord(gateway: sms, user: ann, localpart: "+15550123"),
            ContactRecord(gateway: sms, user: ann, localpart: "+15550124", reverse: .subscribed),
            ContactRecord(gateway: sms, user: ann, localpart: "", isSubscribed: false, reverse: .pending),
        ]
        for contact in contacts { _ = await registry.commit(.saveContact(contact)) }
        await change([Self.ben])
        #expect(try await registry.read(ContactPage(gateway: sms, limit: 10)) == [contacts[1]])
        #expect(try await registry.read(ContactCount(gateway: sms)) == 1)
        #expect(try await registry.readUser(ann).contacts == [contacts[2], contacts[0], contacts[1]])
    }

    @Test("A contact is saved in the place of its earlier state")
    func saving() async throws {
        var contact = ContactRecord(gateway: sms, user: ann, localpart: "", isSubscribed: false, reverse: .pending)
        _ = await registry.commit(.saveContact(contact))
        (contact.isSubscribed, contact.reverse) = (true, .subscribed)
        _ = await registry.commit(.saveContact(contact))
        #expect(try await registry.readUser(ann).contacts == [contact])
        _ = await registry.commit(.removeContact(contact))
        #expect(try await registry.readUser(ann).contacts.isEmpty)
    }

    @Test("Blocked addresses move with their user, and the consent of the old address does not")
    func moving() async throws {
        await change([Self.ben])
        for contact in [
            ContactRecord(gateway: sms, user: ann, localpart: "+15550124", reverse: .subscribed),
            ContactRecord(gateway: sms, user: ann, localpart: "", isSubscribed: false, reverse: .pending),
        ] { _ = await registry.commit(.saveContact(contact)) }
        let move = MoveUser(gateway: sms, from: ann, to: bob)
        #expect(await registry.commit(.other(AnyChange(move))) == .success(.done))
        #expect(try await blocked(bob) == [Self.ben])
        #expect(
            try await registry.readUser(bob).contacts
                == [ContactRecord(gateway: sms, user: bob, localpart: "+15550124")])
    }
}
