/// Only an encoder that has been told to reveal secrets can encode a secret. With any other encoder `encode` throws, so
/// that no log, dump or file contains a secret by accident. Every decoder can decode a secret.
///
///     let encoder = JSONEncoder()
///     Secret.allowEncoding(&encoder.userInfo)
extension Secret: Codable {
    private static let permission = CodingUserInfoKey(rawValue: "reveals-secrets")

    /// Allows an encoder with this `userInfo` to encode secrets as plain text. Call it only if the reader keeps them as
    /// safe as this process does: another Martlet process, or a store that seals them.
    package static func allowEncoding(_ userInfo: inout [CodingUserInfoKey: any Sendable]) {
        if let permission { userInfo[permission] = true }
    }

    /// Throws unless the encoder may encode secrets. Call it in `encode(to:)` of types that hold secrets as plain text.
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
