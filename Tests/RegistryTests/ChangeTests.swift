import GatewayKit
import Testing

@testable import Registry

@Suite struct ChangeTests {
    private let contact = ContactRecord(gateway: "g", user: UserID("ann@example.org"), localpart: "ben")

    @Test("A change of a concern equals only the same change, and converts only to its own type")
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
        #expect(Change.reported([]).of(SaveContact.self) == nil)
    }
}
