import Crypto

/// Derives the key of a password (`Hi` of RFC 5802 §2.2 with SHA-256, which is PBKDF2), step by step.
///
/// The server chooses the number of iterations, and some choose so many that they take a tenth of a second. The caller
/// does them in slices, so that other users do not wait.
struct PasswordKey: Sendable {
    private typealias Words = SIMD4<UInt64>

    private let code: HMAC<SHA256>
    private var block = Words()
    private var sum = Words()
    private var left: Int

    /// - Parameter iterations: at least 1.
    init(password: [UInt8], salt: [UInt8], iterations: Int) {
        code = HMAC(key: SymmetricKey(data: password))
        left = max(iterations, 1) - 1
        block = Self.words(code, salt + [0, 0, 0, 1])
        sum = block
    }

    /// Does up to `count` iterations. Returns the 32 bytes of the key when all are done, and otherwise nil.
    mutating func advance(by count: Int) -> [UInt8]? {
        for _ in 0..<min(count, left) {
            block = Self.words(code, block)
            sum ^= block
        }
        left -= min(count, left)
        guard left == 0 else { return nil }
        return withUnsafeBytes(of: sum) { Array($0) }
    }

    private static func words(_ code: HMAC<SHA256>, _ data: [UInt8]) -> Words {
        var code = code
        code.update(data: data)
        return words(code)
    }

    private static func words(_ code: HMAC<SHA256>, _ block: Words) -> Words {
        var code = code
        withUnsafeBytes(of: block) { code.update(data: $0) }
        return words(code)
    }

    private static func words(_ code: HMAC<SHA256>) -> Words {
        code.finalize().withUnsafeBytes { $0.loadUnaligned(as: Words.self) }
    }
}
