/// As its text.
extension JID: Codable {
    package init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        try self.init(try value.decode(String.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        try value.encode(description)
    }
}
