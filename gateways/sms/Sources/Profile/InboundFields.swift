import Basics
import Crypto
import GatewayKit

/// Selects the parts of an inbound text message from a call.
struct InboundFields: Sendable {
    let id: Selector?
    let from: Selector
    let to: Selector
    let text: Selector
    /// Selects the name of the character set of `text`; without it the text is UTF-8.
    let charset: Selector?
    /// Selects the time of sending, in seconds since 1970.
    let sentAt: Selector?
    /// Selects the provider's own field for STOP, START and HELP, translated to a word of `ConsentWords.Word`.
    let consent: Selector?
    let media: MediaFields
    /// For providers that pass on the parts of a long text one by one.
    let parts: PartFields?
    /// For providers that repeat a message under a new id: selects values by which to recognise a repetition instead.
    let dedupe: [Selector]

    func text(_ received: Received) throws(HookRefusal) -> InboundText {
        guard let to = to.value(in: received), !to.isEmpty else { throw .malformed("the receiver is missing") }
        guard let from = from.value(in: received) else { throw .malformed("the sender is missing") }
        guard from.utf8.count <= 128, to.utf8.count <= 128 else { throw .malformed("an address is too long") }
        let identity = identity(received)
        // If the profile selects an id, a call without one is refused: a repetition would become a second message.
        guard identity != nil || id == nil else { throw .malformed("the id is missing") }
        let bytes = text.bytes(in: received) ?? []
        let set = charset?.value(in: received).flatMap { Charset(named: $0) } ?? .utf8
        return InboundText(
            id: identity, from: from, to: to, text: set.decode(bytes), media: media.all(received),
            sentAt: sentAt?.value(in: received).flatMap(Double.init).map(Timestamp.init(secondsSince1970:)),
            consent: consent?.value(in: received).flatMap(ConsentWords.Word.init(rawValue:)),
            part: identity == nil ? nil : parts?.part(received))
    }

    private func identity(_ received: Received) -> String? {
        guard !dedupe.isEmpty else {
            // Longer ids are refused, not cut: two cut ids could be equal.
            return id?.value(in: received).flatMap { (1...256).contains($0.utf8.count) ? $0 : nil }
        }
        let parts = dedupe.map { $0.value(in: received) ?? "" }
        // The length before each part ensures that two different lists of parts never give the same text.
        let digest = SHA256.hash(data: Array(parts.map { "\($0.utf8.count):\($0)" }.joined().utf8))
        return "content-" + Hex.encode(digest.prefix(16))
    }
}

/// Selects the place of a part in a long text.
struct PartFields: Sendable {
    let reference: Selector
    let number: Selector
    let count: Selector

    /// The greatest number of parts of a text (3GPP TS 23.040 §9.2.3.24.1).
    static let most = 255

    /// The place of the text of a call. Nil if the call has a whole message, or if its place makes no sense.
    func part(_ received: Received) -> InboundPart? {
        guard let reference = reference.value(in: received), (1...64).contains(reference.utf8.count),
            let count = count.value(in: received).flatMap({ Int($0) }), (2...Self.most).contains(count),
            let number = number.value(in: received).flatMap({ Int($0) }), (1...count).contains(number)
        else { return nil }
        return InboundPart(reference: reference, number: number, count: count)
    }

    var selectors: [Selector] { [reference, number, count] }
}
