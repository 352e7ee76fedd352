/// A type that wraps one text and is encoded as that text.
private protocol TextCodable: Codable {
    var rawValue: String { get }
    init(_ rawValue: String)
}

extension TextCodable {
    package init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(String.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        try value.encode(rawValue)
    }
}

extension UserID: TextCodable {}
extension NetworkID: TextCodable {}
extension MessageID: TextCodable {}
extension Ability: TextCodable {}
