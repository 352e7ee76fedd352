import GatewayKit

/// A command that an operator has executed.
package struct OperatorAct: Sendable, Equatable {
    package var by: String
    package var command: String
    /// The values of the command, without secrets.
    package var details: String
    package var at: Timestamp

    package init(by operatorJID: String, command: String, details: String, at time: Timestamp) {
        by = operatorJID
        self.command = command
        self.details = details
        at = time
    }
}

/// Adds an act to the record. It stays for `Retention.operatorActs`.
package struct RecordAct: StoreChange {
    package let gateway: String
    package let act: OperatorAct

    package init(gateway: String, _ act: OperatorAct) {
        self.gateway = gateway
        self.act = act
    }
}

/// Asks for the latest acts of a gateway's operators, newest first.
package struct OperatorActs: StoreQuery {
    package typealias Answer = [OperatorAct]

    package let gateway: String
    package let limit: Int

    package init(gateway: String, limit: Int) {
        self.gateway = gateway
        self.limit = limit
    }
}
