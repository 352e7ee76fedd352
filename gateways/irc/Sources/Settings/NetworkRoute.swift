import Basics
import GatewayKit
import NIOCore
import Networking

/// How the connections to a network leave this machine: from which addresses, and through which proxy.
struct NetworkRoute: Sendable {
    /// The source addresses, at most one of each family (`source-address`).
    var addresses: [IPAddress] = []
    /// The range from which each account has an address of its own (`source-prefix`).
    var prefix: AddressRange?
    var proxy: SOCKSProxy?

    /// No proxy, and a source address that the system chooses.
    static let direct = NetworkRoute()

    private init() {}

    /// Reads the keys of a network, and reports all their problems to the reader.
    init(reading reader: ConfigReader) {
        addresses = NetworkRoute.addresses(reader)
        prefix = NetworkRoute.prefix(reader)
        proxy = NetworkRoute.proxy(reader)
        if prefix != nil, addresses.contains(where: { $0.bytes.count == 16 }) {
            reader.report("source-address", "an IPv6 address contradicts source-prefix; leave one out")
        }
        if proxy != nil, !addresses.isEmpty || prefix != nil {
            reader.report("proxy", "contradicts source-address and source-prefix: servers see the proxy's address")
        }
    }

    /// The route of one account. It has the same addresses each time.
    func dialRoute(for account: AccountID, hash: KeyedHash) -> DialRoute {
        guard let prefix else { return DialRoute(sources: addresses, proxy: proxy) }
        let own = hash.address(in: prefix, for: ["source", account.user.rawValue, account.network.rawValue])
        return DialRoute(sources: [own] + addresses, freeSources: [own])
    }

    private static func addresses(_ reader: ConfigReader) -> [IPAddress] {
        let texts = reader.oneOrMore("source-address") ?? []
        let addresses = texts.compactMap { text in
            let address = IPAddress(text)
            if address == nil { reader.report("source-address", "'\(text)' is not an IPv4 or IPv6 address") }
            return address
        }
        if Set(addresses.map(\.bytes.count)).count < addresses.count {
            reader.report("source-address", "give at most one IPv4 and one IPv6 address")
        }
        return addresses
    }

    private static func prefix(_ reader: ConfigReader) -> AddressRange? {
        guard let text = reader.string("source-prefix") else { return nil }
        guard let range = AddressRange(text), range.isVersion6, (32...112).contains(range.prefixLength) else {
            reader.report(
                "source-prefix", "'\(text)' is not an IPv6 prefix of 32 to 112 bits, such as 2001:db8:1:2::/64")
            return nil
        }
        return range
    }

    private static func proxy(_ reader: ConfigReader) -> SOCKSProxy? {
        let name = reader.secret("proxy-user")
        let password = reader.secret("proxy-password")
        guard let text = reader.string("proxy") else {
            for key in ["proxy-user", "proxy-password"] where reader.has(key) {
                reader.report(key, "without proxy it has no meaning")
            }
            return nil
        }
        let scheme = "socks5://"
        guard text.hasPrefix(scheme), let endpoint = Endpoint(String(text.dropFirst(scheme.count)), defaultPort: 1080)
        else {
            reader.report("proxy", "'\(text)' is not socks5://HOST:PORT; name and password have keys of their own")
            return nil
        }
        switch (name, password) {
        case (nil, nil): return SOCKSProxy(endpoint)
        case (let name?, let password?):
            let login = SOCKSProxy.Login(name: name, password: password)
            if login == nil { reader.report("proxy-user", "name and password have 1 to 255 bytes each") }
            return SOCKSProxy(endpoint, login: login)
        default:
            let missing = name == nil ? "proxy-user" : "proxy-password"
            reader.report("proxy", "\(missing) is missing")
            return nil
        }
    }
}
