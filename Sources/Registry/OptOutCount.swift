import GatewayKit

/// Asks for the number of people who have opted out.
package struct OptOutCount: StoreQuery {
    package typealias Answer = Int

    package let gateway: String

    package init(gateway: String) { self.gateway = gateway }
}
