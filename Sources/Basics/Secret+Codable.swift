/// A secret is encoded only by an encoder that was told to reveal secrets; with any other, `encode` throws, so that no
/// log, dump or file holds one by accident. It can always be decoded.
///
///     let encoder = JSONEncoder()
///     Secret.allowEncoding(&encoder.userInfo)
extension Secret: Codable {
    private static let permission = CodingUserInfoKey(rawValue: "reveals-secrets")

    /// Allows an encoder with this `userInfo` to encode secrets in plain. Call it only for a reader that keeps them as safe
    /// as we do: another process of ours, or a store that seals them.
    package static func allowEncoding(_ userInfo: inout [CodingUserInfoKey: any Sendable]) {
        if let permission { userInfo[permission] = true }
    }

    /// Throws unless secrets may be encoded. For types that hold secrets as plain text.
    package static func requirePermission(of encoder: any Encoder) throws {
        guard let permission, encoder.userInfo[permission] as? Bool == true else {
            let words = "A secret is encoded only after Secret.allowEncoding(&encoder.userInfo)."
            throw EncodingError.invalidValue(
                "<redacted>", .init(codingPath: encoder.codingPath, debugDescription: words))
        }
    }

    package init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(String.self))
    }

    package func encode(to encoder: any Encoder) throws {
        try Self.requirePermission(of: encoder)
        var value = encoder.singleValueContainer()
        try value.encode(reveal())
    }
}
