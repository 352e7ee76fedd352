import Basics
import Crypto
import Foundation

/// The client's side of SCRAM-SHA-256 (RFC 5802, RFC 7677) without channel binding.
struct ScramExchange: Sendable {
    /// The reaction to a message of the server.
    enum Step: Equatable, Sendable {
        case send([UInt8])
        /// Call `derive` until it returns a message.
        case derive
        /// The server has proved that it knows the password, and waits for an empty message of ours.
        case proved
        /// The exchange has failed. The text is for the user.
        case failed(String)
    }

    /// The numbers of iterations that we take. Fewer do not protect the password (RFC 7677 §4); more would cost too
    /// much.
    static let iterations = 4_096...200_000

    private enum State { case start, first, deriving(PasswordKey), final(signature: [UInt8]), proved }

    private let account: String
    private let password: Secret
    private let nonce: String
    private var state = State.start
    /// `client-final-message-without-proof` and `AuthMessage` of RFC 5802 §3.
    private var finalBare = ""
    private var authMessage = ""

    /// - Parameter nonce: printable ASCII without a comma, different for each exchange.
    init(account: String, password: Secret, nonce: String) {
        self.account = account
        self.password = password
        self.nonce = nonce
    }

    /// Whether the server has proved that it knows the password.
    var isProved: Bool { if case .proved = state { true } else { false } }

    /// Whether `derive` has a key to compute.
    var isDeriving: Bool { if case .deriving = state { true } else { false } }

    private var firstBare: String {
        let name = account.replacing("=", with: "=3D").replacing(",", with: "=2C")
        return "n=\(name),r=\(nonce)"
    }

    /// Handles a message of the server; the first one is empty.
    mutating func received(_ message: [UInt8]) -> Step {
        switch state {
        case .start where message.isEmpty:
            state = .first
            return .send(Array(("n,," + firstBare).utf8))
        case .first: return challenged(message)
        case .final(let signature): return ended(message, signature)
        case .start, .deriving, .proved: return .failed("The server broke the rules of SCRAM.")
        }
    }

    private mutating func challenged(_ message: [UInt8]) -> Step {
        guard let text = String(validating: message, as: UTF8.self) else {
            return .failed("The server sent a challenge that cannot be read.")
        }
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count >= 3, let nonce = Self.value(of: "r", parts[0]), let salt = Self.value(of: "s", parts[1]),
            let count = Self.value(of: "i", parts[2]).flatMap(Int.init), let bytes = Data(base64Encoded: salt),
            !bytes.isEmpty, nonce.hasPrefix(self.nonce), nonce.utf8.count > self.nonce.utf8.count
        else {
            return .failed("The server sent a challenge that does not belong to this login.")
        }
        guard Self.iterations.contains(count) else {
            return .failed(
                "The server demands \(count) rounds of computing. This gateway takes \(Self.iterations.lowerBound) to "
                    + "\(Self.iterations.upperBound).")
        }
        finalBare = "c=biws,r=\(nonce)"
        authMessage = "\(firstBare),\(text),\(finalBare)"
        // For most passwords, NFKC gives the same result as SASLprep (RFC 4013).
        let prepared = password.reveal().precomposedStringWithCompatibilityMapping
        state = .deriving(PasswordKey(password: Array(prepared.utf8), salt: Array(bytes), iterations: count))
        return .derive
    }

    /// Does some iterations of the key derivation. Returns the message to send when it is complete, and nil before.
    mutating func derive(_ iterations: Int) -> [UInt8]? {
        guard case .deriving(var key) = state else { return nil }
        guard let salted = key.advance(by: iterations) else {
            state = .deriving(key)
            return nil
        }
        let clientKey = Self.code(Array("Client Key".utf8), key: salted)
        let signature = Self.code(Array(authMessage.utf8), key: Array(SHA256.hash(data: clientKey)))
        let proof = zip(clientKey, signature).map { $0 ^ $1 }
        let serverKey = Self.code(Array("Server Key".utf8), key: salted)
        state = .final(signature: Self.code(Array(authMessage.utf8), key: serverKey))
        return Array("\(finalBare),p=\(Data(proof).base64EncodedString())".utf8)
    }

    private mutating func ended(_ message: [UInt8], _ signature: [UInt8]) -> Step {
        let text = String(decoding: message, as: UTF8.self)
        if let error = Self.value(of: "e", text[...]) {
            return .failed("The server says: \(PlainText.withoutFormatting(error).clipped(toBytes: 100)).")
        }
        guard let verifier = Self.value(of: "v", text.prefix { $0 != "," }),
            Data(base64Encoded: verifier) == Data(signature)
        else {
            return .failed("The server could not prove that it knows your password, so it may be the wrong server.")
        }
        state = .proved
        return .proved
    }

    private static func value(of name: Character, _ part: Substring) -> String? {
        guard part.first == name, part.dropFirst().first == "=" else { return nil }
        return String(part.dropFirst(2))
    }

    private static func code(_ data: [UInt8], key: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: data, using: SymmetricKey(data: key)))
    }
}
