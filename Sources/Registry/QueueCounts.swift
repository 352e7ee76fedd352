import GatewayKit

/// The number of messages of a network that wait in one state, and the oldest of them.
package struct QueueCount: Sendable, Equatable {
    package enum State: String, Sendable, CaseIterable { case waiting, handing, inbound }

    package var network: NetworkID
    package var state: State
    package var messages: Int
    package var oldest: Timestamp

    package init(network: NetworkID, state: State, messages: Int, oldest: Timestamp) {
        self.network = network
        self.state = state
        self.messages = messages
        self.oldest = oldest
    }
}

/// Asks how many messages wait: for the network, or for the XMPP server.
package struct QueueCounts: StoreQuery {
    package typealias Answer = [QueueCount]

    package let gateway: String

    package init(gateway: String) { self.gateway = gateway }
}
