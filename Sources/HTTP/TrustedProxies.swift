import Basics
import NIOHTTP1

/// The operator's reverse proxies. The listener believes their headers with the caller's address.
package struct TrustedProxies: Sendable, Equatable {
    private let ranges: [AddressRange]

    package init(_ ranges: [AddressRange] = []) { self.ranges = ranges }

    func contains(_ address: IPAddress) -> Bool { ranges.contains { $0.contains(address) } }

    /// The address of the caller. That is the address of the peer, unless the peer is a trusted proxy. For a trusted
    /// proxy it is the last address in `X-Forwarded-For` or `Forwarded` (RFC 7239 §5.2) that is not itself a trusted
    /// proxy; the caller may have written all addresses before it. If a header cannot be read, or if the two headers
    /// name different callers, it is the peer's address: a proxy writes one of the two and passes the caller's own
    /// other header on.
    func caller(of headers: HTTPHeaders, peer: IPAddress) -> IPAddress {
        guard contains(peer) else { return peer }
        let older = headers["x-forwarded-for"]
        let newer = headers["forwarded"]
        let callers = Set(
            [
                older.isEmpty ? nil : caller(ForwardedHeader.older(older), peer),
                newer.isEmpty ? nil : caller(ForwardedHeader.standard(newer), peer),
            ].compactMap { $0 })
        return callers.count == 1 ? callers.first ?? peer : peer
    }

    /// - Parameter hops: addresses in the order of the header; nil for a hop that is not an address.
    private func caller(_ hops: [IPAddress?], _ peer: IPAddress) -> IPAddress {
        var last: IPAddress?
        for hop in hops.reversed() {
            guard let hop else { return peer }
            last = hop
            if !contains(hop) { break }
        }
        return last ?? peer
    }
}

/// Reads the headers in which proxies name their callers. Each hop is an address, or nil if it is not an address.
enum ForwardedHeader {
    /// Reads `X-Forwarded-For`: addresses separated by commas, in any number of lines.
    static func older(_ lines: [String]) -> [IPAddress?] {
        lines.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }.map { address($0) }
    }

    /// Reads `Forwarded`: elements separated by commas, each of pairs separated by semicolons. The value of `for` is a
    /// token or a quoted string (RFC 7239 §4). `unknown` and obfuscated names (§6.2, §6.3) are not addresses.
    static func standard(_ lines: [String]) -> [IPAddress?] {
        lines.flatMap { line in
            // Text of the caller must not swallow the part that the proxy appends to the line: neither with a quote
            // that stays open, nor with a character that merges with the comma after it.
            line.utf8.allSatisfy({ $0 < 0x80 }) && isClosed(line) ? split(line[...], at: ",").map { hop($0) } : [nil]
        }
    }

    private static func hop(_ element: Substring) -> IPAddress? {
        let values = split(element, at: ";").compactMap { pair -> Substring? in
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard sides.count == 2, trimmed(sides[0]).lowercased() == "for" else { return nil }
            return trimmed(sides[1])
        }
        guard values.count == 1, let value = values.first else { return nil }
        // An address needs no escapes, so a value with a backslash is not an address.
        let isQuoted = value.count >= 2 && value.first == "\"" && value.last == "\""
        return address(isQuoted ? value.dropFirst().dropLast() : value)
    }

    /// An address, with or without a port: `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]:80`.
    private static func address(_ text: Substring) -> IPAddress? {
        let text = trimmed(text)
        if text.first == "[" {
            guard let end = text.firstIndex(of: "]"), isPort(text[text.index(after: end)...]) else { return nil }
            return IPAddress(text[text.index(after: text.startIndex)..<end])
        }
        guard text.contains("."), let colon = text.firstIndex(of: ":"), isPort(text[colon...]) else {
            return IPAddress(text)
        }
        return IPAddress(text[..<colon])
    }

    private static func isPort(_ text: Substring) -> Bool {
        text.isEmpty || text.first == ":" && text.utf8.count <= 6 && text.dropFirst().isASCIIDigits
    }

    /// Splits at separators outside of quotes.
    private static func split(_ text: Substring, at separator: Character) -> [Substring] {
        var parts: [Substring] = []
        var start = text.startIndex
        _ = walk(text) { index in
            guard text[index] == separator else { return }
            parts.append(text[start..<index])
            start = text.index(after: index)
        }
        return parts + [text[start...]]
    }

    /// Whether every quote that is opened is closed.
    private static func isClosed(_ text: String) -> Bool { walk(text[...]) { _ in } }

    /// Calls `outside` for each character outside of quotes (RFC 9110 §5.6.4). Returns false if the last quote stays
    /// open.
    private static func walk(_ text: Substring, outside: (Substring.Index) -> Void) -> Bool {
        var (isQuoted, isEscaped) = (false, false)
        for index in text.indices {
            if isEscaped {
                isEscaped = false
            } else if isQuoted, text[index] == "\\" {
                isEscaped = true
            } else if text[index] == "\"" {
                isQuoted.toggle()
            } else if !isQuoted {
                outside(index)
            }
        }
        return !isQuoted
    }

    private static func trimmed(_ text: Substring) -> Substring { text.trimming { $0 == " " || $0 == "\t" } }
}
