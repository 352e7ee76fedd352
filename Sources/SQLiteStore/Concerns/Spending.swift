import GRDB
import GatewayKit
import Registry

/// Counts what messages cost against the operator's limits. A counter is deleted when its period is over.
enum Spending: Concern {
    static func register(in routes: inout ConcernRoutes) {
        routes.prune { now, transaction in
            try transaction.run("DELETE FROM spending WHERE ends_at < $1", [now.secondsSince1970])
        }
    }
}

extension Transaction {
    /// Marks a waiting entry as handed over and counts the message. Replies `.refused` if a rule forbids that, and
    /// `.outbound(nil)` if the entry is not waiting.
    func handOver(_ order: HandOver) throws -> ChangeReply {
        if let line = order.line, let optOut = try optOut(gateway: order.gateway, of: order.localpart, from: line) {
            return .refused(.optedOut(optOut))
        }
        if let charge = order.charge, let refusal = try refusal(of: charge, order) {
            return .refused(refusal)
        }
        let move = OutboundMove(
            state: .handing, foreignID: nil, notBefore: nil, failure: nil, at: order.at, by: nil)
        let entry = try advance(order.id, to: move)
        if entry != nil {
            if let line = order.line { try keep(line, of: order.id) }
            if let charge = order.charge { try count(charge, order) }
        }
        return .outbound(entry)
    }

    /// The first limit that the message would exceed; nil if there is none. The price of a message is known only later,
    /// so a limit of money is exceeded when all of the money is spent.
    private func refusal(of charge: Charge, _ order: HandOver) throws -> HandOverRefusal? {
        for limit in charge.limits {
            let used = try spent(limit, order)
            let isWithin = limit.unit == .parts ? used + Double(charge.parts) <= limit.most : used < limit.most
            if !isWithin { return .limit(limit, used: used) }
        }
        return nil
    }

    private func spent(_ limit: Charge.Limit, _ order: HandOver) throws -> Double {
        try first(
            #"SELECT amount FROM spending WHERE gateway = $1 AND counter = $2 AND "user" = $3"#,
            [order.gateway.storable, limit.counter.storable, limit.user(order).storable]
        ) { $0[0] as Double } ?? 0
    }

    /// Remembers from which value a message was sent, in case its recipient wants no more from it.
    private func keep(_ line: UniqueValue, of id: RequestID) throws {
        try run(
            "UPDATE outbound SET line_key = $1, line_value = $2 WHERE id = $3",
            [line.field.storable, line.value.storable, id.storable])
    }

    private func count(_ charge: Charge, _ order: HandOver) throws {
        for limit in charge.limits {
            let amount = limit.unit == .parts ? Double(charge.parts) : 0
            try run(
                """
                INSERT INTO spending (gateway, counter, "user", amount, ends_at) VALUES ($1, $2, $3, $4, $5)
                ON CONFLICT (gateway, counter, "user") DO UPDATE SET amount = spending.amount + excluded.amount
                """,
                [
                    order.gateway.storable, limit.counter.storable, limit.user(order).storable, amount,
                    limit.endsAt.secondsSince1970,
                ])
            guard limit.unit != .parts else { continue }
            try run(
                "UPDATE outbound SET spending_counter = $1 WHERE id = $2",
                [limit.counter.storable, order.id.storable])
        }
    }

    /// Adds the price of a message to its counter of money. Call it before the price is stored: if the message has had
    /// another price, only the difference is added. The message of a removed user counts too.
    func countPrice(_ change: NoteFacts) throws {
        guard let price = change.facts.amount else { return }
        let known = try first(
            """
            SELECT gateway, spending_counter, price FROM outbound
            WHERE id = $1 AND (("user" = $2 AND network = $3) OR "user" = '') AND spending_counter IS NOT NULL
            """, [change.id.storable, change.account?.user.storable, change.account?.network.storable]
        ) { row in (gateway: row[0] as String, counter: row[1] as String, facts: MessageFacts(price: row[2])) }
        guard let known else { return }
        try run(
            #"UPDATE spending SET amount = amount + $1 WHERE gateway = $2 AND counter = $3 AND "user" = ''"#,
            [price - (known.facts.amount ?? 0), known.gateway.storable, known.counter.storable])
    }

    /// Gives the counters of a user to another user, who then has used as much. The first one keeps them too: otherwise
    /// a user could begin anew by a move.
    func copyCounters(from user: UserID, to other: UserID, gateway: String) throws {
        try run(
            """
            INSERT INTO spending (gateway, counter, "user", amount, ends_at)
            SELECT gateway, counter, $1, amount, ends_at FROM spending WHERE gateway = $2 AND "user" = $3
            ON CONFLICT (gateway, counter, "user") DO UPDATE SET amount = excluded.amount
            WHERE spending.amount < excluded.amount
            """, [other.storable, gateway.storable, user.storable])
    }
}

extension Charge.Limit {
    /// The user of the counter; empty if all users share it.
    fileprivate func user(_ order: HandOver) -> UserID { isShared ? UserID("") : order.user }
}
