import Basics
import GatewayKit
import NIOCore
import Networking

/// The settings of one IRC network: the addresses of its servers, encryption, limits.
final class IRCNetwork: Sendable {
    // The values of the keys `tls`, `sasl` and `private-addresses`.

    enum Encryption: String, Sendable, CaseIterable { case required, off }
    enum LoginDemand: String, Sendable, CaseIterable { case required, optional }
    enum PrivateAddresses: String, Sendable, CaseIterable { case allow, refuse }
    /// The value of the key `encoding-out`.
    enum OutgoingEncoding: String, Sendable, CaseIterable { case utf8 = "utf-8", same }

    static let usualChannelTypes = "#&+"

    let id: NetworkID
    /// Whether the operator configured the network. Otherwise a user named its server in an address.
    let isConfigured: Bool
    /// The addresses of its servers, the preferred one first.
    let addresses: [Endpoint]
    let tls: TLSMode
    /// The TLS settings for a server that demands TLS although `tls` is off (IRCv3 sts).
    let demanded: TLSSettings
    let policy: AddressPolicy
    /// The server password for accounts that have set none.
    let password: Secret?
    /// Whether the connection of a user who has set an account ends if the login to it fails.
    let requiresLogin: Bool
    /// The account service, for users of a network without SASL. Nil if passwords are never sent to one.
    let service: AccountService?
    /// The greatest length of a nick in bytes, until the server announces its own (`NICKLEN`).
    let nickLength: Int
    /// The characters with which names of channels begin.
    let channelTypes: String
    let flood: FloodLimit
    let reconnects: ReconnectRate
    let route: NetworkRoute
    /// The agreement about WEBIRC; nil if there is none with this network.
    let webIRC: WebIRC?
    /// The encoding of lines that are not UTF-8.
    let encoding: TextEncoding
    /// The encoding of the lines that we write. Nil for UTF-8.
    let outgoingEncoding: TextEncoding?

    /// A server that a user named: with encryption, on port 6697, at a public address.
    init(host: String) {
        id = NetworkID(host)
        isConfigured = false
        addresses = [Endpoint(host: host, port: 6697)]
        tls = .tls(TLSSettings())
        demanded = TLSSettings()
        policy = .publicOnly
        password = nil
        requiresLogin = true
        service = AccountService()
        nickLength = 30
        channelTypes = IRCNetwork.usualChannelTypes
        flood = FloodLimit()
        reconnects = ReconnectRate()
        route = .direct
        webIRC = nil
        encoding = .windows1252
        outgoingEncoding = nil
    }

    /// Reads the section of one network, and reports all its problems to the reader.
    init(name: String, reading reader: ConfigReader) {
        id = NetworkID(name)
        isConfigured = true
        let encryption = reader.choice("tls", of: Encryption.self) ?? .required
        addresses = IRCNetwork.addresses(reader, defaultPort: encryption == .required ? 6697 : 6667)
        demanded = IRCNetwork.tlsSettings(reader)
        tls = encryption == .off ? .plain : .tls(demanded)
        let inside = reader.choice("private-addresses", of: PrivateAddresses.self) ?? .refuse
        policy = inside == .allow ? .anywhere : .publicOnly
        password = reader.secret("server-password")
        requiresLogin = reader.choice("sasl", of: LoginDemand.self) != .optional
        service = IRCNetwork.service(reader)
        nickLength = reader.integer("nick-length", in: 1...200) ?? 30
        channelTypes = IRCNetwork.channelTypes(reader)
        flood = IRCNetwork.flood(reader)
        reconnects = IRCNetwork.reconnects(reader)
        route = NetworkRoute(reading: reader)
        webIRC = reader.map("webirc").flatMap(WebIRC.init)
        encoding = IRCNetwork.encoding(reader)
        outgoingEncoding = reader.choice("encoding-out", of: OutgoingEncoding.self) == .same ? encoding : nil
        if inside == .refuse, let host = addresses.map(\.host).first(where: IRCNetwork.isInside) {
            reader.report(
                reader.has("addresses") ? "addresses" : "address",
                "\(host) is not a public address; to allow it, set private-addresses: allow")
        }
        reader.finish()
    }

    private static func addresses(_ reader: ConfigReader, defaultPort: Int) -> [Endpoint] {
        let single = reader.string("address")
        let several = reader.strings("addresses")
        if single != nil, reader.has("addresses") { reader.report("address", "give either address or addresses") }
        let key = reader.has("addresses") ? "addresses" : "address"
        let texts = (single.map { [$0] } ?? []) + several
        if texts.isEmpty, reader.node(key) == nil {
            reader.report("address", "required, but missing: a server's host:port")
        } else if texts.isEmpty, key == "addresses" {
            reader.report(key, "at least one host:port is needed")
        }
        return texts.compactMap { text in
            if let endpoint = Endpoint(text, defaultPort: defaultPort) { return endpoint }
            reader.report(key, "'\(text)' is not a host:port such as irc.example.org:6697")
            return nil
        }
    }

    private static func tlsSettings(_ reader: ConfigReader) -> TLSSettings {
        let check = CertificateCheck(reading: reader)
        return TLSSettings(checksCertificate: check.isFull, pins: check.pins, caFile: check.caFile)
    }

    private static func channelTypes(_ reader: ConfigReader) -> String {
        guard let types = reader.string("channel-types") else { return usualChannelTypes }
        if types.isEmpty || !types.utf8.allSatisfy("#&+!".utf8.contains) {
            reader.report("channel-types", "'\(types)' is not made of '#', '&', '+' and '!'")
        }
        return types
    }

    private static func encoding(_ reader: ConfigReader) -> TextEncoding {
        guard let name = reader.string("encoding") else { return .windows1252 }
        if let encoding = TextEncoding(name) { return encoding }
        reader.report("encoding", "'\(name)' is not a known character set that contains ASCII, such as iso-8859-15")
        return .windows1252
    }

    private static func flood(_ reader: ConfigReader) -> FloodLimit {
        guard let inner = reader.map("flood") else { return FloodLimit() }
        defer { inner.finish() }
        return FloodLimit(
            burst: inner.integer("burst", in: 1...1000) ?? FloodLimit().burst,
            perSecond: inner.number("per-second", in: 0...1000) ?? FloodLimit().perSecond)
    }

    private static func reconnects(_ reader: ConfigReader) -> ReconnectRate {
        guard let inner = reader.map("reconnects") else { return ReconnectRate() }
        defer { inner.finish() }
        return ReconnectRate(
            burst: inner.integer("burst", in: 1...100_000) ?? ReconnectRate().burst,
            perSecond: inner.number("per-second", in: 0...100_000) ?? ReconnectRate().perSecond)
    }

    /// Whether `AddressPolicy.publicOnly` refuses the host. Nothing is resolved: of names, only `localhost` and those
    /// below it count.
    static func isInside(_ host: String) -> Bool {
        if host == "localhost" || host.hasSuffix(".localhost") { return true }
        guard let address = try? SocketAddress(ipAddress: host, port: 1) else { return false }
        return !AddressPolicy.publicOnly.allows(address)
    }
}
