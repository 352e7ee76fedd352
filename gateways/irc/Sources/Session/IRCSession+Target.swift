import Basics
import DequeModule
import GatewayKit
import NIOCore
import Networking

/// The server to dial, and whether the connection to it has TLS.
extension IRCSession {
    /// A server to dial.
    struct Server {
        let network: IRCNetwork
        let endpoint: Endpoint
        var tls: TLSMode
    }

    /// The server to dial next. A host that has demanded TLS (sts) gets TLS even if the configuration says otherwise.
    func server() -> Server {
        let endpoint = network.addresses[address % max(network.addresses.count, 1)]
        guard network.tls == .plain, let port = portForTLS(of: endpoint) else {
            return Server(network: network, endpoint: endpoint, tls: network.tls)
        }
        return Server(
            network: network, endpoint: Endpoint(host: endpoint.host, port: port), tls: .tls(network.demanded))
    }

    /// The port for TLS of a server of a network without TLS, if the server must be reached with TLS.
    private func portForTLS(of endpoint: Endpoint) -> Int? {
        let now = environment.clock()
        if let port = environment.policies.port(of: endpoint.host, now: now) { return port }
        guard let upgrade, upgrade.endpoint == endpoint, now < upgrade.end else { return nil }
        return upgrade.port
    }

    /// The server with the certificate of the user, if the connection has TLS and the user has a certificate.
    func withCertificate(_ server: consuming Server) -> Server {
        if case .tls(var settings) = server.tls,
            let text = account.settings[LoginField.certificateKey.rawValue], let identity = ClientIdentity(text)
        {
            settings.clientCertificate = .inMemory(identity.tls)
            server.tls = .tls(settings)
        }
        return server
    }

    /// Whether the connection has no TLS, and the server may demand it.
    var obeysSTS: Bool {
        let server = server()
        return server.tls == .plain && TransportPolicies.canApply(to: server.endpoint.host)
    }

    /// Dials again with TLS, after the server has demanded that. The waiting requests go on waiting.
    func dialEncrypted(_ port: Int, _ rooms: [IRCClient.Rejoin], _ lastEffects: Deque<IRCClient.Effect>) {
        upgrade = TransportUpgrade(
            endpoint: server().endpoint, port: port,
            end: environment.clock().advanced(by: TransportUpgrade.duration))
        rejoin = rooms
        link = .idle
        for case .emit(let event) in lastEffects { emit(event) }
        connect()
    }

    /// Notes for how long the host must be reached with TLS, as the server has told. The time begins when the
    /// connection is ready, and again when it ends (IRCv3 sts, "Rescheduling expiry on disconnect").
    func notePolicy(of client: IRCClient) {
        let server = server()
        let endpoint = server.endpoint
        if server.tls != .plain, client.registration.isReady { upgrade = nil }
        guard server.tls != .plain, TransportPolicies.canApply(to: endpoint.host),
            let duration = client.registration.capabilities.offers["sts"].flatMap({ STSOffer($0).duration })
        else { return }
        keep(
            environment.policies.require(
                endpoint.host, port: endpoint.port, seconds: duration, now: environment.clock()))
    }

    private func keep(_ changes: [TransportPolicies.Change]) {
        for change in changes { emit(.state(.keep(change.value, for: change.key))) }
    }
}

/// The demand of a server for TLS that came over a connection without TLS (IRCv3 sts, "upgrade policy"). It holds for one
/// session and one address, until the connection with TLS is ready.
struct TransportUpgrade {
    /// How long the session does not go back to a connection without TLS, if none with TLS can be made.
    static let duration = Duration.seconds(3_600)

    /// The server without TLS that has demanded it.
    let endpoint: Endpoint
    let port: Int
    let end: Timestamp
}
