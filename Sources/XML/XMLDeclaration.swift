/// The XML declaration before a stream header.
enum XMLDeclaration {
    /// Whether `header` declares no encoding, or UTF-8. libxml2 has been told to ignore the declaration.
    static func allowsUTF8(_ header: [UInt8]) -> Bool {
        guard header.starts(with: "<?xml".utf8), let end = header.firstIndex(of: UInt8(ascii: ">")) else { return true }
        let text = String(decoding: header[..<end], as: UTF8.self)
        guard let key = text.firstRange(of: "encoding") else { return true }
        let value = text[key.upperBound...].drop { $0 == "=" || $0.isWhitespace }
        guard let quote = value.first, quote == "'" || quote == "\"" else { return true }
        return value.dropFirst().prefix { $0 != quote }.lowercased() == "utf-8"
    }
}
