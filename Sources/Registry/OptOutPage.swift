import GatewayKit

/// Asks for one page of the people who have opted out, sorted by unique value and then by person.
package struct OptOutPage: StoreQuery {
    package typealias Answer = [OptOut]

    /// The place of a row in this order.
    package struct Place: Sendable, Equatable, Codable {
        package let line: UniqueValue
        package let localpart: String

        package init(line: UniqueValue, localpart: String) {
            self.line = line
            self.localpart = localpart
        }
    }

    package let gateway: String
    /// The place of the last row of the page before; nil asks for the first page.
    package let after: Place?
    package let limit: Int

    package init(gateway: String, after: Place? = nil, limit: Int) {
        self.gateway = gateway
        self.after = after
        self.limit = limit
    }
}
