import Basics
import Crypto

/// The bytes over which a provider computes a signature: a text with placeholders for parts of the call. Parts stand in
/// it as they came, byte by byte.
struct SignedText: Sendable {
    private enum Piece: Sendable, Equatable {
        case literal([UInt8])
        case body
        /// SHA-256 of the body, in hex.
        case bodyHash
        /// SHA-256 of the body, as 32 bytes.
        case bodyHashBytes
        case url
        case header(String)
        case query(String)
    }

    private let pieces: [Piece]

    init(_ text: String) throws(ProfileError) {
        var pieces: [Piece] = []
        for part in try Template.parts(of: text) {
            switch part {
            case .literal(let text): pieces.append(.literal(Array(text.utf8)))
            case .placeholder(let name): pieces.append(try Self.piece(name.trimmed))
            }
        }
        self.pieces = pieces
    }

    private static func piece(_ text: String) throws(ProfileError) -> Piece {
        switch text {
        case "body": return .body
        case "body_sha256": return .bodyHash
        case "body_sha256_bytes": return .bodyHashBytes
        case "url": return .url
        default:
            if text.hasPrefix("header.") { return .header(String(text.dropFirst(7))) }
            if text.hasPrefix("query.") { return .query(String(text.dropFirst(6))) }
            throw ProfileError(
                "unknown part '\(text)'; known are body, body_sha256, body_sha256_bytes, url, header.NAME, query.NAME")
        }
    }

    var hasBody: Bool { [.body, .bodyHash, .bodyHashBytes].contains(where: pieces.contains) }
    var hasURL: Bool { pieces.contains(.url) }

    /// The signed bytes, once for each form of the address. Empty if the call lacks a part.
    func candidates(_ call: WebhookCall) -> [[UInt8]] {
        (hasURL ? call.urls : [call.url]).compactMap { bytes(call, url: $0) }
    }

    private func bytes(_ call: WebhookCall, url: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        for piece in pieces {
            switch piece {
            case .literal(let text): bytes += text
            case .body: bytes += call.received.body
            case .bodyHash: bytes += Hex.encode(SHA256.hash(data: call.received.body)).utf8
            case .bodyHashBytes: bytes += SHA256.hash(data: call.received.body)
            case .url: bytes += url.utf8
            case .header(let name):
                guard let value = call.received.header(name) else { return nil }
                bytes += value.utf8
            case .query(let name):
                guard let value = call.received.query.bytes(name) else { return nil }
                bytes += value
            }
        }
        return bytes
    }
}
