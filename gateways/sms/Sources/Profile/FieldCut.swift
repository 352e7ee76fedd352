import GatewayKit

/// Checks that a call is split into the fields that the provider wrote, where the signature does not cover the borders.
///
/// `hmac_url_sorted_form` signs names and values in a row, with nothing between them. Whoever has captured one call can
/// split its signed text into other fields (`MessageSi=dSM1`), and the signature still holds: a message would come again
/// under another id. So the name of the id field may occur in the signed text only as that field's own name, within the
/// name of another declared field, or in the text that a person wrote. Then the id follows it, and every other split of
/// the same call is recognised as a repeat.
struct FieldCut: Sendable {
    /// The field with the id.
    let field: String
    /// What its value looks like, so that it cannot end earlier or later.
    let value: Pattern
    /// Other fields whose names contain `field`.
    let names: Set<String>
    /// The field in which a person writes.
    let text: String

    func holds(_ form: FormFields) -> Bool {
        let ids = form.all.filter { $0.name == field }
        guard ids.count == 1, ids.allSatisfy({ value.matches($0.value) }) else { return false }
        var signed: [UInt8] = []
        var allowed: [Range<Int>] = []
        for (name, value) in SortedFormSignature.ordered(form.all) {
            let nameEnd = signed.count + name.count
            let word = String(decoding: name, as: UTF8.self)
            if word == field || names.contains(word) { allowed.append(signed.count..<nameEnd) }
            if word == text { allowed.append(nameEnd..<nameEnd + value.count) }
            signed += name + value
        }
        return Self.places(of: Array(field.utf8), in: signed).allSatisfy { place in
            allowed.contains { $0.lowerBound <= place.lowerBound && place.upperBound <= $0.upperBound }
        }
    }

    private static func places(of word: [UInt8], in bytes: [UInt8]) -> [Range<Int>] {
        guard let first = word.first, bytes.count >= word.count else { return [] }
        return (0...bytes.count - word.count).compactMap { start in
            guard bytes[start] == first, bytes[start..<start + word.count].elementsEqual(word) else { return nil }
            return start..<start + word.count
        }
    }
}

extension FieldCut {
    /// `{field, value, names, text}`; the caller need not finish the reader.
    init?(reading reader: ConfigReader) {
        defer { reader.finish() }
        names = Set(reader.strings("names"))
        if reader.node("value") == nil { reader.report("value", "required, but missing") }
        guard let field = reader.requiredString("field"), let text = reader.requiredString("text"),
            let value = reader.pattern("value")
        else { return nil }
        if field.isEmpty { reader.report("field", "a name is expected here") }
        self.field = field
        self.text = text
        self.value = value
    }
}
