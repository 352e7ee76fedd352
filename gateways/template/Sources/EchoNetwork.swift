import GatewayKit

/// The far side, on which everybody says back what is said to them. In your adapter a connection to your network stands
/// here.
package final class EchoNetwork {
    /// Everything that sessions have asked of the network. A test counts it.
    package private(set) var requests = 0

    package init() {}

    /// Something is asked that has no echo.
    func take() { requests += 1 }

    /// Something is said. Returns what comes back.
    func echo(_ text: Text) -> Content {
        take()
        return .text(text)
    }
}
