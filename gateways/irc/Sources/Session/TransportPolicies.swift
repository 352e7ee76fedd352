import NIOCore
import Networking

/// The hosts that must be reached with TLS although the configuration says otherwise (IRCv3 sts). All sessions of an
/// adapter share them. They are forgotten when the program ends.
final class TransportPolicies {
    /// The maximum of hosts. The host whose policy ends first makes room for a new one.
    static let limit = 1_000
    /// How long a demand that came over a connection without TLS holds. A connection with TLS confirms or ends it.
    static let unconfirmed = TimeAmount.hours(1)

    private var policies: [String: (port: Int, end: NIODeadline)] = [:]

    /// The port for TLS of a host, if it must be reached with TLS.
    func port(of host: String, now: NIODeadline) -> Int? {
        guard let policy = policies[host], now < policy.end else { return nil }
        return policy.port
    }

    /// Notes that a host demands TLS on this port. `duration` zero ends its policy.
    func require(_ host: String, port: Int, for duration: TimeAmount, now: NIODeadline) {
        policies[host] = duration > .zero ? (port, now + duration) : nil
        guard policies.count > Self.limit, let first = policies.min(by: { $0.value.end < $1.value.end }) else { return }
        policies[first.key] = nil
    }

    /// Whether a host can have a policy. An address has none, because no certificate proves it.
    static func canApply(to host: String) -> Bool { (try? SocketAddress(ipAddress: host, port: 0)) == nil }
}
