/// The addressing that all stanzas share (RFC 6120 §8.1). On a component stream the server must set `to` and `from`;
/// they are optional here because a client library may leave them out in tests.
///
/// It is a value of one reference: a head is copied far more often than changed, so copies share one object.
package struct StanzaHead: Sendable {
    let fields: Fields

    /// The fields that copies of a head share; a change makes a new object.
    final class Fields: Sendable {
        let to: JID?
        let from: JID?
        let id: String?
        let lang: String?
        let stableID: String?
        let occupantID: String?

        init(to: JID?, from: JID?, id: String?, lang: String?, stableID: String?, occupantID: String?) {
            self.to = to
            self.from = from
            self.id = id
            self.lang = lang
            self.stableID = stableID
            self.occupantID = occupantID
        }
    }

    package init(
        to: JID? = nil, from: JID? = nil, id: String? = nil, lang: String? = nil, stableID: String? = nil,
        occupantID: String? = nil
    ) {
        fields = Fields(to: to, from: from, id: id, lang: lang, stableID: stableID, occupantID: occupantID)
    }

    package var to: JID? {
        get { fields.to }
        set {
            self = StanzaHead(to: newValue, from: from, id: id, lang: lang, stableID: stableID, occupantID: occupantID)
        }
    }

    package var from: JID? {
        get { fields.from }
        set {
            self = StanzaHead(to: to, from: newValue, id: id, lang: lang, stableID: stableID, occupantID: occupantID)
        }
    }

    package var id: String? {
        get { fields.id }
        set {
            self = StanzaHead(to: to, from: from, id: newValue, lang: lang, stableID: stableID, occupantID: occupantID)
        }
    }

    /// The `xml:lang` of the stanza.
    package var lang: String? {
        get { fields.lang }
        set {
            self = StanzaHead(to: to, from: from, id: id, lang: newValue, stableID: stableID, occupantID: occupantID)
        }
    }

    /// The id that the sender's bare address, such as a room, has given to a message of ours. The message is written
    /// with it as its stanza-id (XEP-0359). A stanza that was read has its stanza-ids in its payload.
    package var stableID: String? { fields.stableID }

    /// The occupant id (XEP-0421) of the occupant from whom a message or presence of ours comes. It is written with the
    /// stanza. Nil for a stanza that was read: there the id is in the payload.
    package var occupantID: String? { fields.occupantID }

    /// Whether the sender is at the domain of that address.
    package func isFrom(domainOf address: JID) -> Bool { Self.isSameDomain(fields.from, address) }

    /// Whether the receiver is at the domain of that address.
    package func isTo(domainOf address: JID) -> Bool { Self.isSameDomain(fields.to, address) }

    private static func isSameDomain(_ one: JID?, _ other: JID) -> Bool {
        guard let home = one?.home else { return false }
        return home === other.home || home.domain == other.home.domain
    }

    /// The head of an answer: the addresses are swapped, the id is the same.
    package var reply: StanzaHead { StanzaHead(to: from, from: to, id: id) }

    /// The head of an error, which keeps the language of the stanza. The words of the error have a language of their
    /// own.
    package var refusal: StanzaHead { StanzaHead(to: from, from: to, id: id, lang: lang) }
}

extension StanzaHead: Equatable {
    package static func == (one: StanzaHead, other: StanzaHead) -> Bool {
        one.fields === other.fields
            || one.to == other.to && one.from == other.from && one.id == other.id && one.lang == other.lang
                && one.stableID == other.stableID && one.occupantID == other.occupantID
    }
}
