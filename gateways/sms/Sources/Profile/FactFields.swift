import Foundation
import GatewayKit

/// Selects the number of parts and the price of a message from an answer or a report.
struct FactFields: Sendable {
    /// Selects the number of parts of the message.
    var parts: Selector?
    var price: Selector?
    var currency: Selector?
    /// Whether `price` is the price of one part.
    var isPricePerPart = false

    /// The facts in an answer or a report. A number of parts that is not between 1 and 255 is ignored, and a price is
    /// cut at `MessageFacts.longestPrice`.
    func facts(_ received: Received) -> MessageFacts {
        let count = parts?.value(in: received).flatMap { Int($0) }.flatMap { (1...255).contains($0) ? $0 : nil }
        var amount = price?.value(in: received).flatMap { $0.isEmpty || $0 == "null" ? nil : $0 }
        if isPricePerPart { amount = amount.flatMap { Self.product($0, count ?? 1) } }
        let words = [amount, amount == nil ? nil : currency?.value(in: received)].compactMap(\.self)
        return MessageFacts(
            parts: count,
            price: words.isEmpty ? nil : String(words.joined(separator: " ").prefix(MessageFacts.longestPrice)))
    }

    /// The price of several parts, as a decimal number without rounding errors. Nil if the price is no number.
    private static func product(_ price: String, _ parts: Int) -> String? {
        // `Decimal` reads a number at the beginning of any text.
        guard Double(price)?.isFinite == true else { return nil }
        return Decimal(string: price, locale: Locale(identifier: "en_US_POSIX")).map { "\($0 * Decimal(parts))" }
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
        isPricePerPart = reader.choice("price_per", of: PriceUnit.self) == .part
        if currency != nil, price == nil { reader.report("currency", "a currency needs a 'price'") }
    }
}

/// The values of `price_per` in a profile.
private enum PriceUnit: String, CaseIterable { case message, part }
