import GatewayKit

/// Checks that a call is split into the fields that the provider wrote, where the signature does not cover the borders.
///
/// `hmac_url_sorted_form` signs names and values in a row, with nothing between them. Whoever has captured one call can
/// split its signed text into other fields (`MessageSi=dSM1`), and the signature still holds: a message would come again
/// under another id, or from a sender whom the text names. So each guarded field occurs once, and its name may occur in
/// the signed text only there, within the name of another declared field, or in the text that a person wrote. The text
/// ends where a guarded field begins. Then every other split of the same call has the same id, sender and text.
struct FieldCut: Sendable {
    /// A field that must be the one that the provider wrote.
    struct Guarded: Sendable {
        let name: [UInt8]
        /// What its value looks like, so that it cannot end earlier or later; nil if the next field says that.
        let value: Pattern?
        /// Other fields whose names contain this one's.
        let names: Set<String>
    }

    let fields: [Guarded]
    /// The field in which a person writes.
    let text: String

    func holds(_ form: FormFields) -> Bool {
        let ordered = SortedFormSignature.ordered(form.all)
        return isTextClosed(ordered.map { String(decoding: $0.0, as: UTF8.self) })
            && fields.allSatisfy { isWhole($0, form) && isOnlyWhereItMayBe($0, ordered) }
    }

    private func isTextClosed(_ names: [String]) -> Bool {
        guard let text = names.firstIndex(of: text), text + 1 < names.count else { return true }
        return fields.contains { $0.name.elementsEqual(names[text + 1].utf8) }
    }

    private func isWhole(_ field: Guarded, _ form: FormFields) -> Bool {
        let found = form.all.filter { field.name.elementsEqual($0.name.utf8) }
        return found.count == 1 && found.allSatisfy { field.value?.matches($0.value) ?? true }
    }

    private func isOnlyWhereItMayBe(_ field: Guarded, _ ordered: [([UInt8], [UInt8])]) -> Bool {
        var signed: [UInt8] = []
        var allowed: [Range<Int>] = []
        var own: Int?
        for (name, value) in ordered {
            let nameEnd = signed.count + name.count
            let word = String(decoding: name, as: UTF8.self)
            if name == field.name { own = signed.count }
            if name == field.name || field.names.contains(word) { allowed.append(signed.count..<nameEnd) }
            if word == text { allowed.append(nameEnd..<nameEnd + value.count) }
            signed += name + value
        }
        guard let own, !field.names.contains(where: { signed[own...].starts(with: $0.utf8) }) else { return false }
        return Self.places(of: field.name, in: signed).allSatisfy { place in
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
    /// `{text, fields}`; the caller need not finish the reader.
    init?(reading reader: ConfigReader) {
        defer { reader.finish() }
        guard let text = reader.requiredString("text") else { return nil }
        guard let map = reader.map("fields"), !map.allEntries.isEmpty else {
            reader.report("fields", "required, but missing: a map of the fields that must not be cut elsewhere")
            return nil
        }
        self.text = text
        fields = map.allEntries.map { entry in Guarded(name: entry.key, reading: map.reader(for: entry)) }
    }
}

extension FieldCut.Guarded {
    fileprivate init(name: String, reading reader: ConfigReader) {
        defer { reader.finish() }
        self.name = Array(name.utf8)
        names = Set(reader.strings("names"))
        value = reader.node("value") == nil ? nil : reader.pattern("value")
        if name.isEmpty { reader.problems.add(ConfigProblem(at: reader.place, key: reader.path, "a name is expected")) }
    }
}
