import GatewayKit

/// The data of one user that the command `export` shows. It has no inbound messages, restrictions and records of
/// operators' commands.
package struct PersonalData: Sendable, Equatable {
    package var record: UserRecord
    /// The newest messages that the user has sent, newest first, without their texts.
    package var sent: [SentMessage]

    package init(record: UserRecord, sent: [SentMessage]) {
        self.record = record
        self.sent = sent
    }
}

/// Asks for all data about one user.
package struct PersonalDataQuery: StoreQuery {
    package typealias Answer = PersonalData

    package let gateway: String
    package let user: UserID
    /// Maximum of messages in the answer.
    package let messages: Int

    package init(gateway: String, user: UserID, messages: Int) {
        self.gateway = gateway
        self.user = user
        self.messages = messages
    }
}

/// Gives all data of one user to another user of the gateway, who has none. Fails with `.conflict` if the other user
/// has data, or, with the key `waitingMessages`, if messages of the user wait to be sent.
package struct MoveUser: StoreChange {
    package static let waitingMessages = "waiting messages"

    package let gateway: String
    package let from: UserID
    package let to: UserID

    package init(gateway: String, from: UserID, to: UserID) {
        self.gateway = gateway
        self.from = from
        self.to = to
    }
}
