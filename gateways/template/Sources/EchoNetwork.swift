import GatewayKit

/// The foreign network. It sends every message back. Your adapter has the connection to its network in this place.
package final class EchoNetwork {
    /// The number of requests that sessions have made, for tests.
    package private(set) var requests = 0

    package init() {}

    /// Takes a request that has no echo.
    func take() { requests += 1 }

    /// Takes a message. Returns the content that comes back.
    func echo(_ text: Text) -> Content {
        take()
        return .text(text)
    }
}
