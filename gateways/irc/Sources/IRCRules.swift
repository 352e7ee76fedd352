import Basics
import GatewayKit

/// The addresses and the login form of IRC. Nothing here needs a connection.
///
/// The localpart of an address is `#channel%network`, `nick%network` or `network`. The text after the last `%` is
/// a network's name or the host name of one of its servers. A `%` within a name is written `%25`. Names are
/// compared without regard to the case of A–Z. Networks treat further letters as equal (`CaseMapping`), but only
/// `IRCClient` knows which.
///
/// With `fixed-network`, the localpart is `#channel` or `nick`, a `%` has no meaning, and the gateway's own address is
/// the network.
package struct IRCRules: NetworkRules {
    private let settings: IRCSettings

    package init(_ settings: IRCSettings) { self.settings = settings }

    package var networks: [NetworkID] { settings.networks.map(\.id) }

    /// Nil: the settings of an account do not name its network. Addresses do.
    package func network(for settings: [String: String]) -> NetworkID? { nil }

    package func address(localpart: String) throws(AddressError) -> Address {
        if let fixed = settings.fixedNetwork {
            return localpart.isEmpty ? .network(fixed) : try address(name: localpart, network: fixed)
        }
        guard let mark = localpart.utf8.lastIndex(of: UInt8(ascii: "%")) else {
            return .network(try network(alone: localpart))
        }
        let network = try network(named: String(localpart[localpart.utf8.index(after: mark)...]))
        return try address(name: IRCRules.unescape(localpart[..<mark]), network: network)
    }

    package func localpart(of address: Address) -> String {
        let isFixed = settings.fixedNetwork != nil
        return switch address {
        case .network(let network): isFixed ? "" : network.rawValue
        case .peer(let peer): isFixed ? peer.name : IRCRules.escape(peer.name) + "%" + peer.network.rawValue
        case .room(let room): isFixed ? room.name : IRCRules.escape(room.name) + "%" + room.network.rawValue
        }
    }

    package func pattern(localpart: String) -> PeerAddress? {
        guard let mark = localpart.utf8.lastIndex(of: UInt8(ascii: "%")) else { return nil }
        let network = try? network(named: String(localpart[localpart.utf8.index(after: mark)...]))
        let name = IRCRules.unescape(localpart[..<mark])
        guard let network, MiddleParameter(name) != nil, name.utf8.contains(where: IRCRules.isOfMask) else {
            return nil
        }
        return PeerAddress(network: network, name: name)
    }

    /// Reads an address that a person typed. A text without a `%` is a network, or a name on the only network.
    package func normalize(_ typed: String) throws(AddressError) -> Address {
        let text = typed.trimmed
        if let fixed = settings.fixedNetwork { return try address(name: text, network: fixed) }
        if text.utf8.contains(UInt8(ascii: "%")) { return try address(localpart: text) }
        if let network = settings.network(named: IRCRules.canonical(text)) { return .network(network.id) }
        guard settings.networks.count == 1, let only = settings.networks.first else {
            throw missingNetwork(text)
        }
        return try address(name: text, network: only.id)
    }

    package func examples(on network: NetworkID) -> [Address] {
        let types = settings.network(named: network.rawValue)?.channelTypes ?? IRCNetwork.usualChannelTypes
        let room = RoomAddress(network: network, name: "\(types.first ?? "#")help")
        return [.room(room), .peer(PeerAddress(network: network, name: "nick"))]
    }

    /// Returns the name as addresses have it: with A–Z in lower case.
    package static func canonical(_ name: String) -> String { CaseMapping.ascii.fold(name).text }
}

extension IRCRules {
    private func network(alone name: String) throws(AddressError) -> NetworkID {
        if let network = settings.network(named: IRCRules.canonical(name)) { return network.id }
        // A name with a dot is taken for the host name of a server. Any other name needs a network after it.
        let isHost = settings.otherServers == .allow && name.utf8.contains(UInt8(ascii: "."))
        guard isHost else { throw missingNetwork(name) }
        return try network(named: name)
    }

    private func network(named name: String) throws(AddressError) -> NetworkID {
        guard !name.isEmpty else { throw AddressError(.malformed, "The name of the network is missing after the %.") }
        let name = IRCRules.canonical(name)
        if let network = settings.network(named: name) { return network.id }
        guard settings.otherServers == .allow else {
            throw AddressError(.unknownNetwork, "This gateway does not serve the network \(name), only \(known).")
        }
        guard IRCSettings.isNetworkName(name) else {
            throw AddressError(.malformed, "\(name) is not the name of an IRC network or server.")
        }
        return NetworkID(name)
    }

    private var known: String { settings.networks.map(\.id.rawValue).joined(separator: ", ") }

    private func missingNetwork(_ name: String) -> AddressError {
        let example = settings.networks.first?.id.rawValue ?? "irc.example.org"
        let canonical = IRCRules.canonical(name)
        let suggestion = IRCRules.escape(canonical) + "%" + example
        let isName = (try? address(localpart: suggestion)) != nil
        return AddressError(
            .malformed, "An address here is #channel%NETWORK or nick%NETWORK, such as #help%\(example).",
            suggestion: isName ? suggestion : nil)
    }

    private func address(name: String, network: NetworkID) throws(AddressError) -> Address {
        let name = IRCRules.canonical(name)
        let types = settings.network(named: network.rawValue)?.channelTypes ?? IRCNetwork.usualChannelTypes
        let isChannel = name.utf8.first.map { types.utf8.contains($0) } ?? false
        if let defect = IRCRules.defect(inName: name, isChannel: isChannel) { throw AddressError(.malformed, defect) }
        return isChannel
            ? .room(RoomAddress(network: network, name: name)) : .peer(PeerAddress(network: network, name: name))
    }

    /// Whether a nick, in canonical form or not, can be part of an address.
    static func isNick(_ name: String) -> Bool { defect(inName: name, isChannel: false) == nil }

    /// Explains for the user why the text cannot be a channel's name or a nick. Returns nil if it can.
    private static func defect(inName name: String, isChannel: Bool) -> String? {
        if name.isEmpty { return "The name of a channel or the nick of a person is missing before the %." }
        guard MiddleParameter(name) != nil else {
            return "A name on IRC has no spaces, commas or control characters, and at most 200 bytes."
        }
        let first = name.utf8.first ?? 0
        if !isChannel, isSign(first) || name.utf8.contains(where: isOfMask) {
            return "\(name) is neither a channel nor a nick."
        }
        return nil
    }

    // These two compare bytes and search no string, because they check every name in the list of a channel's members.

    /// Whether a channel's name or the sign of a rank can begin with this byte.
    private static func isSign(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "#"), UInt8(ascii: "&"), UInt8(ascii: "+"), UInt8(ascii: "~"), UInt8(ascii: "$"),
            UInt8(ascii: "%"):
            true
        default: false
        }
    }

    /// Whether the byte belongs to masks such as `*!*@host`, which name many people.
    private static func isOfMask(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "!"), UInt8(ascii: "@"), UInt8(ascii: "*"), UInt8(ascii: "?"): true
        default: false
        }
    }

    private static func escape(_ name: String) -> String {
        name.utf8.contains(UInt8(ascii: "%"))
            ? name.split(separator: "%", omittingEmptySubsequences: false).joined(separator: "%25") : name
    }

    private static func unescape(_ name: Substring) -> String {
        guard name.utf8.contains(UInt8(ascii: "%")) else { return String(name) }
        var bytes: [UInt8] = []
        var rest = name.utf8
        while let byte = rest.first {
            bytes.append(byte)
            let isEscape = rest.starts(with: "%25".utf8)
            rest = rest.dropFirst(isEscape ? 3 : 1)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
