import CRE2

/// A regular expression in the syntax of RE2. For every pattern, matching takes time linear in the text.
///
/// Only the first group is captured.
package struct Pattern: Sendable, Equatable {
    package let source: String
    private let compiled: CompiledPattern

    /// The greatest length of a pattern in bytes.
    package static let longestSource = 1000
    /// The number of bytes of a text that are searched. The rest is ignored.
    package static let longestText = 65_536

    package init(_ source: String) throws(PatternError) {
        guard source.utf8.count <= Self.longestSource else { throw .tooLong }
        self.source = source
        compiled = try CompiledPattern(source)
    }

    package func matches(_ text: String) -> Bool { firstMatch(in: text) != nil }

    /// The captured group of the first match, or the whole match if the pattern has no group; nil if nothing matches.
    package func firstMatch(in text: String) -> String? {
        var text = text
        return text.withUTF8 { bytes in
            let looked = UnsafeRawBufferPointer(bytes).prefix(Self.longestText)
            return compiled.find(in: UnsafeRawBufferPointer(rebasing: looked))
        }
    }

    package static func == (a: Pattern, b: Pattern) -> Bool { a.source == b.source }
}

/// RE2's compiled form, freed with its last owner. It never changes, so that every thread may use it.
private final class CompiledPattern: @unchecked Sendable {
    /// The number of bytes that RE2 may use for the program and its caches.
    private static let memory = 1 << 20

    private let handle: OpaquePointer

    init(_ source: String) throws(PatternError) {
        var reason = [CChar](repeating: 0, count: 200)
        var source = source
        let handle = source.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                cre2_compile($0.baseAddress, $0.count, Self.memory, &reason, reason.count)
            }
        }
        guard let handle else {
            let words = String(decoding: reason.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            throw PatternError("is not a regular expression (RE2): \(words)")
        }
        self.handle = handle
    }

    deinit { cre2_free(handle) }

    func find(in text: UnsafeRawBufferPointer) -> String? {
        var (start, end) = (0, 0)
        let bytes = text.assumingMemoryBound(to: CChar.self)
        guard cre2_find(handle, bytes.baseAddress, bytes.count, &start, &end) else { return nil }
        return String(decoding: text[start..<end], as: UTF8.self)
    }
}
