import GatewayKit
import Testing

@testable import Registry

@Suite struct ChangeTests {
    private let contact = ContactRecord(gateway: "g", user: UserID("ann@example.org"), localpart: "ben")

    @Test("A change of a concern is equal to the same change only, and comes back as a value of its own type only")
    func others() {
        let change = Change.saveContact(contact)
        var other = contact
        other.localpart = "eve"
        #expect(change == .saveContact(contact))
        #expect(change != .saveContact(other))
        #expect(change != .removeContact(contact))
        #expect(change != .finishInbound(ids: []))
        #expect(change.of(SaveContact.self)?.contact == contact)
        #expect(change.of(RemoveContact.self) == nil)
        #expect(Change.told([]).of(SaveContact.self) == nil)
    }
}
