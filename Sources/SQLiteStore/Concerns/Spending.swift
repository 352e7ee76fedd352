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
        if order.honoursOptOuts,
            let optOut = try optOut(gateway: order.gateway, of: order.localpart, from: order.user)
        {
            return .refused(.optedOut(optOut))
        }
        if let charge = order.charge, let refusal = try refusal(of: charge, gateway: order.gateway) {
            return .refused(refusal)
        }
        let move = OutboundMove(
            state: .handing, foreignID: nil, notBefore: nil, failure: nil, at: order.at, by: nil)
        let entry = try advance(order.id, to: move)
        if entry != nil, let charge = order.charge { try count(charge, order) }
        return .outbound(entry)
    }

    /// The first limit that the message would exceed; nil if there is none. The price of a message is known only later,
    /// so a limit of money is exceeded when all of the money is spent.
    private func refusal(of charge: Charge, gateway: String) throws -> HandOverRefusal? {
        for limit in charge.limits {
            let used = try spent(limit.counter, gateway: gateway)
            let isWithin = limit.unit == .parts ? used + Double(charge.parts) <= limit.most : used < limit.most
            if !isWithin { return .limit(limit, used: used) }
        }
        return nil
    }

    private func spent(_ counter: String, gateway: String) throws -> Double {
        try first(
            "SELECT amount FROM spending WHERE gateway = $1 AND counter = $2", [gateway.storable, counter.storable]
        ) { $0[0] as Double } ?? 0
    }

    private func count(_ charge: Charge, _ order: HandOver) throws {
        for limit in charge.limits {
            let amount = limit.unit == .parts ? Double(charge.parts) : 0
            try run(
                """
                INSERT INTO spending (gateway, counter, amount, ends_at) VALUES ($1, $2, $3, $4)
                ON CONFLICT (gateway, counter) DO UPDATE SET amount = spending.amount + excluded.amount
                """,
                [order.gateway.storable, limit.counter.storable, amount, limit.endsAt.secondsSince1970])
            guard limit.unit != .parts else { continue }
            try run(
                "UPDATE outbound SET spending_counter = $1 WHERE id = $2",
                [limit.counter.storable, order.id.storable])
        }
    }

    /// Adds the price of a message to its counter of money. Call it before the price is stored: if the message has had
    /// another price, only the difference is added.
    func countPrice(_ change: NoteFacts) throws {
        guard let price = change.facts.amount else { return }
        let known = try first(
            """
            SELECT gateway, spending_counter, price FROM outbound
            WHERE id = $1 AND "user" = $2 AND network = $3 AND spending_counter IS NOT NULL
            """, [change.id.storable, change.account.user.storable, change.account.network.storable]
        ) { row in (gateway: row[0] as String, counter: row[1] as String, facts: MessageFacts(price: row[2])) }
        guard let known else { return }
        try run(
            "UPDATE spending SET amount = amount + $1 WHERE gateway = $2 AND counter = $3",
            [price - (known.facts.amount ?? 0), known.gateway.storable, known.counter.storable])
    }
}
