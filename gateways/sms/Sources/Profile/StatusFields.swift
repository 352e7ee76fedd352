import Basics

/// Selects the parts of a delivery report from a call.
struct StatusFields: Sendable {
    /// Selects the field in which `msg.tag` comes back.
    let tag: Selector?
    /// Selects the field in which `msg.ref` comes back.
    let ref: Selector?
    let id: Selector?
    /// Selects the number of ours from which the message was sent.
    let number: Selector?
    /// Selects what tells the parts of one message apart, if each part has a report of its own.
    let part: Selector?
    let state: Selector
    let states: [String: DeliveryState]
    /// Selects the provider's error code, translated to a word of `ProviderErrorKind`.
    let error: Selector?
    let errorText: Selector?
    let facts: FactFields

    func report(_ received: Received) -> StatusReport {
        let tag = tag?.value(in: received).flatMap(MessageTag.init)
        return StatusReport(
            ref: tag?.ref ?? ref?.value(in: received), id: id?.value(in: received),
            number: tag.map { "+" + $0.number } ?? number?.value(in: received),
            part: part?.value(in: received).map { String($0.prefix(64)) },
            state: state.value(in: received).flatMap { states[$0] },
            error: error?.value(in: received).flatMap(ProviderErrorKind.init(rawValue:)),
            errorText: errorText?.value(in: received), facts: facts.facts(received))
    }

    /// Whether only the provider's id tells to which message a report belongs.
    var needsID: Bool { tag == nil && ref == nil }
}

/// Our reference of a message together with the number that sent it, for providers whose reports come to one address
/// and do not name the sender: `15550001111-ref`.
struct MessageTag: Sendable, Equatable {
    /// The digits of our number, without `+`.
    let number: String
    let ref: String

    var text: String { number + "-" + ref }

    init(number: String, ref: String) {
        self.number = number
        self.ref = ref
    }

    /// Nil if the text is no tag.
    init?(_ text: String) {
        guard let mark = text.firstIndex(of: "-") else { return nil }
        number = String(text[..<mark])
        ref = String(text[text.index(after: mark)...])
        guard number.isASCIIDigits, (1...15).contains(number.utf8.count), !ref.isEmpty else { return nil }
    }
}
