/// The fields of a query or of an `application/x-www-form-urlencoded` body, decoded, in their order.
///
/// Values are kept as bytes, because some gateways write the text in a character set that another field names.
struct FormFields: Sendable {
    struct Field: Sendable {
        let name: String
        let bytes: [UInt8]
        var value: String { String(decoding: bytes, as: UTF8.self) }
    }

    let all: [Field]

    static let none = FormFields([])

    /// The greatest number of fields. No provider sends more.
    static let mostFields = 512

    private init(_ fields: [Field]) { all = fields }

    /// Decodes a query or form body; nil if there are too many fields.
    init?(decoding text: some Sequence<UInt8>) {
        var fields: [Field] = []
        for part in Array(text).split(separator: UInt8(ascii: "&")) {
            guard fields.count < Self.mostFields else { return nil }
            let sides = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(decoding: PercentEncoding.decodeForm(sides[0]), as: UTF8.self)
            fields.append(Field(name: name, bytes: sides.count > 1 ? PercentEncoding.decodeForm(sides[1]) : []))
        }
        all = fields
    }

    /// The first field of that name; names are case-sensitive.
    func bytes(_ name: String) -> [UInt8]? { all.first { $0.name == name }?.bytes }

    subscript(name: String) -> String? { all.first { $0.name == name }?.value }

    /// Writes fields as a query or form body. A space becomes `%20`, which every reader understands.
    static func encode(_ fields: [(name: String, value: String)]) -> String {
        fields.map { PercentEncoding.encode($0.name) + "=" + PercentEncoding.encode($0.value) }.joined(separator: "&")
    }
}
