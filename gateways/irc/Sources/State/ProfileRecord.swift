import Basics
import GatewayKit

/// Collects the facts that the replies to a WHOIS tell about a person (RFC 2812 §4.5.2), until the replies end.
struct ProfileRecord: Sendable {
    private struct Draft: Sendable {
        let address: PeerAddress
        var nick: String
        var availability = Availability.available
        var details: [Profile.Detail] = []
    }

    /// The number of facts that are kept of one person.
    static let detailLimit = 40
    /// The number of people whose facts are being collected.
    static let limit = 20

    private var drafts: [FoldedName: Draft] = [:]

    var isEmpty: Bool { drafts.isEmpty }
    var isFull: Bool { drafts.count >= ProfileRecord.limit }

    /// Whether somebody has asked about a person.
    func isWanted(_ name: FoldedName) -> Bool { drafts[name] != nil }

    /// Begins to collect the facts about a person. Call it when WHOIS is sent.
    mutating func begin(_ name: FoldedName, _ address: PeerAddress) {
        if drafts[name] == nil { drafts[name] = Draft(address: address, nick: address.name) }
    }

    /// Keeps a fact. Returns false if nobody has asked about the person.
    @discardableResult
    mutating func add(_ label: String, _ value: String, _ name: FoldedName) -> Bool {
        guard let draft = drafts[name] else { return false }
        let value = PlainText.withoutFormatting(value).clipped(toBytes: 400)
        guard !value.isEmpty, draft.details.count < ProfileRecord.detailLimit else { return true }
        drafts[name]?.details.append(Profile.Detail(label, value))
        return true
    }

    /// Keeps the availability of a person. Returns false if nobody has asked about the person.
    mutating func note(_ availability: Availability, _ name: FoldedName) -> Bool {
        guard drafts[name] != nil else { return false }
        drafts[name]?.availability = availability
        return true
    }

    /// Sets the nick as the server spells it.
    mutating func spell(_ nick: String, _ name: FoldedName) { drafts[name]?.nick = nick }

    /// Removes and returns what is known about a person. Nil if nobody has asked.
    mutating func take(_ name: FoldedName) -> Profile? {
        guard let draft = drafts.removeValue(forKey: name) else { return nil }
        return Profile(
            draft.address, displayName: draft.nick, availability: draft.availability, details: draft.details)
    }

    /// Folds the names again after the server has changed its case mapping.
    mutating func foldAgain(_ mapping: CaseMapping) {
        drafts = Dictionary(
            drafts.map { (mapping.fold($0.key.text), $0.value) }, uniquingKeysWith: { first, _ in first })
    }
}
