import Foundation
import HTTP
import NIOCore
import ServiceLifecycle

/// The HTTP listener as a service that says in words why it cannot listen.
struct ListenerService: Service {
    let listener: WebhookListener
    /// As configured, `HOST:PORT`.
    let address: String

    func run() async throws {
        do {
            try await listener.run()
        } catch let error as IOError {
            let reason = String(cString: strerror(error.errnoCode))
            throw StartFailure("http.listen: cannot listen on \(address): \(reason). Is another program using it?")
        }
    }
}

/// Something the program needs is not to be had; in words for the operator.
struct StartFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
