import GatewayKit

/// Selects the number of parts and the price of a message from an answer or a report.
struct FactFields: Sendable {
    /// Selects the number of parts of the message.
    var parts: Selector?
    var price: Selector?
    var currency: Selector?

    /// The facts in an answer or a report. A number of parts that is not between 1 and 255 is ignored, and a price is
    /// cut at `MessageFacts.longestPrice`.
    func facts(_ received: Received) -> MessageFacts {
        let amount = price?.value(in: received).flatMap { $0.isEmpty || $0 == "null" ? nil : $0 }
        let words = [amount, amount == nil ? nil : currency?.value(in: received)].compactMap(\.self)
        return MessageFacts(
            parts: parts?.value(in: received).flatMap { Int($0) }.flatMap { (1...255).contains($0) ? $0 : nil },
            price: words.isEmpty ? nil : String(words.joined(separator: " ").prefix(MessageFacts.longestPrice)))
    }

    /// All selectors, to be checked when the profile is read.
    var selectors: [Selector] { [parts, price, currency].compactMap(\.self) }
}

extension FactFields {
    /// Reads `parts`, `price` and `currency`; the caller finishes the reader.
    init(reading reader: ConfigReader) {
        parts = reader.selector("parts")
        price = reader.selector("price")
        currency = reader.selector("currency")
        if currency != nil, price == nil { reader.report("currency", "a currency needs a 'price'") }
    }
}
