import GatewayKit

/// Records that a person has given or withdrawn consent, without a message that the ledger stores. A consent that the
/// registry knows from a later message stays.
package struct NoteConsent: StoreChange {
    package let gateway: String
    package let note: ConsentNote
    /// The unescaped localpart of the person.
    package let localpart: String
    /// The time of the person's message.
    package let at: Timestamp

    package init(_ note: ConsentNote, of localpart: String, gateway: String, at time: Timestamp) {
        self.gateway = gateway
        self.note = note
        self.localpart = localpart
        at = time
    }
}
