/// A type that wraps one text and is encoded as that text.
private protocol PlainName: Codable {
    var rawValue: String { get }
    init(_ rawValue: String)
}

extension PlainName {
    package init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(String.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        try value.encode(rawValue)
    }
}

extension UserID: PlainName {}
extension NetworkID: PlainName {}
extension MessageID: PlainName {}
extension Ability: PlainName {}
