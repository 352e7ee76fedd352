import Basics
import GatewayKit
import Settings
import XMPP

/// Reads single answers to `martlet init`. Each function throws an `AnswerFault` that says what is right.
enum AnswerReading {
    /// The domain of the XMPP server.
    static func domain(_ text: String) throws(AnswerFault) -> String {
        if let at = text.firstIndex(of: "@") {
            let domain = text[text.index(after: at)...]
            throw AnswerFault(
                "'\(text)' has an @: a domain alone is expected, such as \(domain.isEmpty ? "example.org" : domain)")
        }
        try check(text, AddressSyntax.flaw(domain: text))
        guard !text.utf8.allSatisfy({ $0.isASCIIDigit || $0 == UInt8(ascii: ".") }) else {
            throw AnswerFault(
                "'\(text)' is an address of a machine: the domain of JIDs is expected, such as example.org")
        }
        return text
    }

    /// The domain of a gateway. The XMPP server knows it as a component, so it cannot be the server's own.
    static func gateway(_ text: String, besides others: [String]) throws(AnswerFault) -> String {
        let domain = try domain(text)
        guard !others.contains(domain) else {
            throw AnswerFault("'\(domain)' is taken: each gateway needs a domain of its own, such as irc.\(others[0])")
        }
        return domain
    }

    static func software(_ text: String) throws(AnswerFault) -> XMPPSoftware {
        guard let software = XMPPSoftware(rawValue: text.lowercased()) else {
            throw AnswerFault("'\(text)' is not one of \(list(XMPPSoftware.allCases.map(\.rawValue)))")
        }
        return software
    }

    static func endpoint(_ text: String, like example: Endpoint) throws(AnswerFault) -> Endpoint {
        guard let endpoint = Endpoint(text, ports: 1...65_000) else {
            throw AnswerFault("'\(text)' is not HOST:PORT with a port from 1 to 65000, such as \(example)")
        }
        return endpoint
    }

    static func bareJID(_ text: String) throws(AnswerFault) -> String {
        try check(text, AddressSyntax.flaw(bareJID: text))
        return text
    }

    /// Names from a closed list, separated by commas.
    static func names(_ text: String, of known: [String], kind: String) throws(AnswerFault) -> [String] {
        var names: [String] = []
        for name in text.split(whereSeparator: { $0 == "," || $0.isWhitespace }).map(String.init) {
            guard known.contains(name) else {
                throw AnswerFault("there is no \(kind) '\(name)'; known are \(list(known))")
            }
            if !names.contains(name) { names.append(name) }
        }
        guard !names.isEmpty else { throw AnswerFault("at least one \(kind) is needed: \(list(known))") }
        return names
    }

    /// `NUMBER` or `NUMBER=JID`, several separated by commas.
    static func numbers(_ text: String) throws(AnswerFault) -> [ProviderAnswers.Number] {
        var numbers: [ProviderAnswers.Number] = []
        for part in text.split(whereSeparator: { $0 == "," || $0.isWhitespace }) {
            let pair = part.split(separator: "=", maxSplits: 1).map(String.init)
            guard let number = pair.first.flatMap({ E164($0) }) else {
                throw AnswerFault(
                    "'\(part)' is not a number with + and country code, such as +15550100 or +15550100=alice@example.org"
                )
            }
            guard !numbers.contains(where: { $0.number == number.rawValue }) else {
                throw AnswerFault("\(number) is there twice")
            }
            let owner: String? = if pair.count == 2 { try bareJID(pair[1]) } else { nil }
            numbers.append(ProviderAnswers.Number(number: number.rawValue, owner: owner))
        }
        guard !numbers.isEmpty else { throw AnswerFault("at least one number is needed, such as +15550100") }
        return numbers
    }

    static func publicURL(_ text: String) throws(AnswerFault) -> String {
        let isWeb = text.hasPrefix("http://") || text.hasPrefix("https://")
        guard isWeb, !text.hasSuffix("/"),
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"\"\\?#".utf8.contains($0) })
        else { throw AnswerFault("'\(text)' is not a URL without a slash at its end, such as https://gw.example.org") }
        return text
    }

    /// The absolute path of a folder. Only characters that need no quotes in YAML, Lua and shells are allowed.
    static func folder(_ text: String, in present: String) throws(AnswerFault) -> String {
        let path = text.hasPrefix("/") ? text : "\(present)/\(text)"
        let parts = path.split(separator: "/").filter { $0 != "." }
        guard !parts.isEmpty, !parts.contains(".."), path.utf8.count <= 200,
            path.utf8.allSatisfy({ $0.isASCIILetter || $0.isASCIIDigit || "/._-".utf8.contains($0) })
        else {
            throw AnswerFault("'\(path)' cannot be the folder: use letters, digits and . _ - only, as in /etc/martlet")
        }
        return "/" + parts.joined(separator: "/")
    }

    private static func check(_ text: String, _ flaw: String?) throws(AnswerFault) {
        if let flaw { throw AnswerFault("'\(text)' \(flaw)") }
        guard let prepared = try? JID(text).description else {
            throw AnswerFault("'\(text)' is not an address that a server would send")
        }
        guard prepared.utf8.elementsEqual(text.utf8) else {
            throw AnswerFault("'\(text)' can never match: servers write it as '\(prepared)'")
        }
    }

    private static func list(_ names: [String]) -> String { names.joined(separator: ", ") }
}
