import Basics
import GatewayKit
import Networking

/// The agreement with a network about `WEBIRC` (IRCv3 WebIRC): the first line of each connection gives the server an
/// address and a host name for the user. So the server can tell users apart, and ban one user instead of the gateway.
struct WebIRC: Sendable {
    private let password: Secret
    private let gateway: MiddleParameter
    /// The range from which each account has an address of its own. If it is a single address, all accounts share it.
    private let addresses: AddressRange
    /// The domain below which each account has a host name of its own; nil if the host name is the address.
    private let domain: String?

    /// Reads the section, and reports all its problems to the reader. Nil if something is missing or wrong.
    init?(reading reader: ConfigReader) {
        defer { reader.finish() }
        let password = reader.secret("password")
        if reader.node("password") == nil { reader.report("password", "required, but missing") }
        if let password, MiddleParameter(password.reveal()) == nil {
            reader.report("password", "it has a space, a comma or a control character, or begins with a colon")
            return nil
        }
        let gateway = reader.string("gateway") ?? "martlet"
        let name = MiddleParameter(gateway)
        if name == nil { reader.report("gateway", "'\(gateway)' has a space, a comma or a control character") }
        let addresses = WebIRC.addresses(reader)
        let domain = reader.string("host")
        if let domain, !WebIRC.isDomain(domain) {
            reader.report("host", "'\(domain)' is not a domain such as users.example.org")
        }
        guard let password, let name, let addresses else { return nil }
        self.password = password
        self.gateway = name
        self.addresses = addresses
        self.domain = domain
    }

    /// The first line of a connection. An account has the same address and host name each time.
    func line(for account: AccountID, hash: KeyedHash) -> OutboundLine? {
        let identity = [account.user.rawValue, account.network.rawValue]
        var address = hash.address(in: addresses, for: ["webirc"] + identity).description
        // "If the IP address is an IPv6 address beginning with a colon, it MUST be sent with a … preceding zero."
        if address.hasPrefix(":") { address = "0" + address }
        let host = domain.map { Hex.encode(hash.bytes(["webirc host"] + identity).prefix(8)) + "." + $0 } ?? address
        guard let password = MiddleParameter(password.reveal()), let host = MiddleParameter(host) else { return nil }
        return OutboundLine(.webirc, password, gateway, host, trailing: TrailingParameter(address))
    }

    private static func addresses(_ reader: ConfigReader) -> AddressRange? {
        guard let text = reader.requiredString("address") else { return nil }
        let range = AddressRange(text)
        if range == nil {
            reader.report("address", "'\(text)' is not an address, or a range such as 2001:db8:1:2::/64")
        }
        return range
    }

    /// Whether the text is a host name with at least two labels, short enough for the label of the user before it.
    private static func isDomain(_ text: String) -> Bool {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        return labels.count >= 2 && text.utf8.count <= 46
            && labels.allSatisfy { label in
                !label.isEmpty && label.utf8.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || $0 == 0x2D }
            }
    }
}
