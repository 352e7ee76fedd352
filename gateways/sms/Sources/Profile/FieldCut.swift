import GatewayKit
import Patterns

/// Checks that a call is split into the fields that the provider wrote, for signatures that do not cover the borders
/// between fields.
///
/// `hmac_url_sorted_form` signs names and values in a row, with nothing between them. Somebody who has captured a call
/// can split its signed text into other fields (`MessageSi=dSM1`), and the signature still holds: a message would come
/// again under another id, or from a sender that the text names. So each guarded field must occur once. Its name may
/// occur in the signed text only as that field's name, within the name of another declared field, or in the text that
/// a person wrote. The text ends where a guarded field begins. Then every other split of the same call has the same
/// id, sender and text.
struct FieldCut: Sendable {
    /// A field that must be exactly as the provider wrote it.
    struct Guarded: Sendable {
        let name: [UInt8]
        /// The form of the value, so that the value cannot end earlier or later; nil if the next field determines its
        /// end.
        let value: Pattern?
        /// Other fields whose names contain the name of this one.
        let names: Set<String>
        /// Whether the field may be missing. Its name may then stand only in the texts and in declared names.
        let isOptional: Bool
    }

    let fields: [Guarded]
    /// The names of the fields with a text that a person wrote.
    let texts: Set<String>

    func holds(_ form: FormFields) -> Bool {
        let ordered = SortedFormSignature.ordered(form.all)
        return isTextClosed(ordered.map { String(decoding: $0.0, as: UTF8.self) })
            && fields.allSatisfy { isWhole($0, form) && isOnlyWhereItMayBe($0, ordered) }
    }

    private func isTextClosed(_ names: [String]) -> Bool {
        names.indices.allSatisfy { index in
            guard texts.contains(names[index]), index + 1 < names.count else { return true }
            return fields.contains { $0.name.elementsEqual(names[index + 1].utf8) }
        }
    }

    private func isWhole(_ field: Guarded, _ form: FormFields) -> Bool {
        let found = form.all.filter { field.name.elementsEqual($0.name.utf8) }
        return (found.count == 1 || found.isEmpty && field.isOptional)
            && found.allSatisfy { field.value?.matches($0.value) ?? true }
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
            if texts.contains(word) { allowed.append(nameEnd..<nameEnd + value.count) }
            signed += name + value
        }
        if let own {
            guard !field.names.contains(where: { signed[own...].starts(with: $0.utf8) }) else { return false }
        } else if !field.isOptional {
            return false
        }
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
    /// Reads `{text, fields}`; the caller need not finish the reader.
    init?(reading reader: ConfigReader) {
        defer { reader.finish() }
        let texts = reader.oneOrMore("text") ?? []
        if texts.isEmpty { reader.report("text", "required, but missing: the field with the text that a person wrote") }
        guard let map = reader.map("fields"), !map.allEntries.isEmpty else {
            reader.report(
                "fields", "required, but missing: a map of the fields that must be as the provider wrote them")
            return nil
        }
        self.texts = Set(texts)
        fields = map.allEntries.map { entry in Guarded(name: entry.key, reading: map.reader(for: entry)) }
    }
}

extension FieldCut.Guarded {
    fileprivate init(name: String, reading reader: ConfigReader) {
        defer { reader.finish() }
        self.name = Array(name.utf8)
        names = Set(reader.strings("names"))
        isOptional = reader.boolean("optional") ?? false
        value = reader.node("value") == nil ? nil : reader.pattern("value")
        if name.isEmpty { reader.problems.add(ConfigProblem(at: reader.place, key: reader.path, "a name is expected")) }
    }
}
