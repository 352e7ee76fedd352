import Basics
import GatewayKit
import NIOCore

/// The hosts that have to be reached with TLS, although the configuration says otherwise (IRCv3 sts). All sessions of an
/// adapter share them. A host counts only after it has said so with TLS: anybody on the way can write a demand into a
/// connection without TLS, so such a demand concerns only its session (`TransportUpgrade`). `Change` says what has to be
/// kept beyond the end of the program.
final class TransportPolicies {
    /// A value to keep for the next start (`StateEvent.keep`); a nil value removes it.
    struct Change: Equatable {
        let key: String
        let value: String?
    }

    private struct Policy {
        let port: Int
        let end: Timestamp
        /// The end that was kept.
        var keptEnd: Timestamp
    }

    /// The maximum of hosts. The host whose policy ends first makes room for a new one.
    static let limit = 1_000
    /// An end that is later by less than this part of the duration is not kept again, so that not every connection
    /// causes a write.
    private static let margin = 0.1

    private static let prefix = "sts "
    private var policies: [String: Policy] = [:]

    /// The port for TLS of a host, if it must be reached with TLS.
    func port(of host: String, now: Timestamp) -> Int? {
        guard let policy = policies[host], now < policy.end else { return nil }
        return policy.port
    }

    /// Notes that a host has demanded TLS on this port with TLS, for this number of seconds. Zero ends its policy.
    ///
    /// - Returns: the changes to keep.
    func require(_ host: String, port: Int, seconds: Int, now: Timestamp) -> [Change] {
        let before = policies[host]
        guard seconds > 0 else {
            policies[host] = nil
            return before == nil ? [] : [Change(key: Self.prefix + host, value: nil)]
        }
        let end = now.advanced(by: .seconds(seconds))
        var policy = Policy(port: port, end: end, keptEnd: before?.keptEnd ?? end)
        var changes: [Change] = []
        if isNews(policy, before, seconds: seconds) {
            policy.keptEnd = policy.end
            let value = "\(port) \(Int(policy.end.secondsSince1970))"
            changes = [Change(key: Self.prefix + host, value: value)]
        }
        policies[host] = policy
        return changes + makeRoom()
    }

    private func isNews(_ policy: Policy, _ before: Policy?, seconds: Int) -> Bool {
        guard let before, before.port == policy.port else { return true }
        let change = policy.end.secondsSince1970 - before.keptEnd.secondsSince1970
        return abs(change) > Self.margin * Double(seconds)
    }

    private func makeRoom() -> [Change] {
        guard policies.count > Self.limit, let first = policies.min(by: { $0.value.end < $1.value.end }) else {
            return []
        }
        policies[first.key] = nil
        return [Change(key: Self.prefix + first.key, value: nil)]
    }

    /// Takes the policies that an earlier run of the program has kept. Those that have ended stay out.
    func restore(_ values: [String: String], now: Timestamp) {
        for (key, value) in values where key.hasPrefix(Self.prefix) {
            let numbers = value.split(separator: " ").compactMap { Int($0) }
            guard numbers.count == 2, (1...65_535).contains(numbers[0]), policies.count < Self.limit else { continue }
            let end = Timestamp(secondsSince1970: Double(numbers[1]))
            if now < end {
                policies[String(key.dropFirst(Self.prefix.count))] = Policy(port: numbers[0], end: end, keptEnd: end)
            }
        }
    }

    /// Whether a host can have a policy. An address has none, because no certificate proves it.
    static func canApply(to host: String) -> Bool { (try? SocketAddress(ipAddress: host, port: 0)) == nil }
}
