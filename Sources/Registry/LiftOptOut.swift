import GatewayKit

/// Ends the wish of a person to get no messages, because an operator says so. Reports about messages from before `at`
/// do not bring it back.
package struct LiftOptOut: StoreChange {
    package let gateway: String
    package let line: UniqueValue
    package let localpart: String
    package let at: Timestamp

    package init(gateway: String, line: UniqueValue, localpart: String, at time: Timestamp) {
        self.gateway = gateway
        self.line = line
        self.localpart = localpart
        at = time
    }
}
