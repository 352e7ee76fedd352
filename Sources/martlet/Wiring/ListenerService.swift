import Basics
import Foundation
import HTTP
import Logging
import Metrics
import NIOCore
import ServiceLifecycle
import Settings

/// An HTTP listener as a service. If it cannot listen, it throws a `StartFailure` that tells the operator the reason.
struct ListenerService: Service {
    let listener: WebhookListener
    let address: Endpoint
    /// The key of the setting with the address.
    let key: String

    /// - Parameters:
    ///   - name: the name of the listener in the log and in metrics.
    ///   - key: the key of the setting with the address, for error texts.
    init(name: String, at address: Endpoint, key: String, limits: WebhookLimits) {
        self.address = address
        self.key = key
        let refused = Dictionary(
            uniqueKeysWithValues: ConnectionRefusal.allCases.map { reason in
                let labels = [("listener", name), ("reason", reason.rawValue)]
                return (reason, Counter(label: "martlet_http_connections_refused_total", dimensions: labels))
            })
        let replies = (2...5).map { kind in
            Counter(
                label: "martlet_http_requests_total", dimensions: [("listener", name), ("status", "\(kind)xx")])
        }
        listener = WebhookListener(
            host: address.host, port: address.port, limits: limits, logger: Logger(label: name),
            onRefusal: { refused[$0]?.increment() },
            onReply: { status in
                let kind = status / 100 - 2
                if replies.indices.contains(kind) { replies[kind].increment() }
            })
    }

    func run() async throws {
        do {
            try await listener.run()
        } catch let error as IOError {
            throw StartFailure("\(key): \(ListenProbe.words(address, error.errnoCode))")
        } catch let error as SocketAddressError {
            throw StartFailure("\(key): \(address.host) is no address of this machine (\(error))")
        }
    }
}

/// The error when a part that the program needs is not available. Its description is a text for the operator.
struct StartFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

extension WebhookLimits {
    /// The limits from the `http` section; the defaults if there is none.
    init(_ settings: HTTPSettings?) {
        self.init()
        guard let settings else { return }
        connections = settings.connections
        connectionsPerAddress = settings.connectionsPerAddress
        trustedProxies = TrustedProxies(settings.trustedProxies)
    }
}
