/// What a message counts, and the limits against which it counts. The store adds it when the message is handed over for
/// the first time, in the same write.
package struct Charge: Sendable, Equatable {
    /// A limit of the operator for all messages with the same counter.
    package struct Limit: Sendable, Equatable {
        package enum Period: String, Sendable { case day, month }

        /// What is counted.
        package enum Unit: Sendable, Equatable {
            case parts
            /// The prices that the network has told so far, in this currency; nil if the operator has named none.
            case money(currency: String?)
        }

        /// The name of the counter, with its period. Messages with other counters do not count.
        package let counter: String
        package let most: Double
        package let unit: Unit
        package let period: Period
        /// Whether all users of the operator's account with the network share the limit.
        package let isShared: Bool
        /// When the counter begins again.
        package let endsAt: Timestamp

        package init(
            counter: String, most: Double, unit: Unit, period: Period, isShared: Bool, endsAt: Timestamp
        ) {
            self.counter = counter
            self.most = most
            self.unit = unit
            self.period = period
            self.isShared = isShared
            self.endsAt = endsAt
        }
    }

    /// The number of parts into which the network splits the message.
    package let parts: Int
    /// Every limit must hold.
    package let limits: [Limit]

    package init(parts: Int, limits: [Limit]) {
        self.parts = parts
        self.limits = limits
    }
}
