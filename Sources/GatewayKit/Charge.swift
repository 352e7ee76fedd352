/// The size of a message, and the operator's limits against which it counts. The store counts it in the write that
/// marks the message as handed over for the first time.
package struct Charge: Sendable, Equatable {
    /// A limit of the operator for all messages with the same counter.
    package struct Limit: Sendable, Equatable {
        /// The time for which a counter counts. Users see the raw value.
        package enum Period: String, Sendable { case day, month }

        /// The unit of a limit.
        package enum Unit: Sendable, Equatable {
            case parts
            /// The sum of the prices that the network has reported. Users see the currency; nil if the operator has
            /// named none. Prices are not converted to it.
            case money(currency: String?)
        }

        /// The name of the counter, which contains the day or the month. Messages with other counters do not count. If
        /// the limit is not shared, each user has a counter of this name.
        package let counter: String
        /// The greatest amount in one period.
        package let most: Double
        package let unit: Unit
        package let period: Period
        /// Whether all users of the operator's account with the network share the limit. A limit of money is shared.
        package let isShared: Bool
        /// The end of the period. Then a new counter begins at 0.
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
    /// The limits, all of which must hold.
    package let limits: [Limit]

    package init(parts: Int, limits: [Limit]) {
        self.parts = parts
        self.limits = limits
    }
}
