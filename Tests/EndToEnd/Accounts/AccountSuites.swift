import ServerRig
import Testing

/// Contacts, presence, names and outcomes, as ordinary clients need them.
@Suite("Accounts on Prosody", .serialized, .accounts(.prosody)) struct AccountsOnProsody {}

/// The same on ejabberd, which lets no gateway change rosters.
@Suite("Accounts on ejabberd", .serialized, .accounts(.ejabberd)) struct AccountsOnEjabberd {}

extension Trait where Self == Stage {
    fileprivate static func accounts(_ home: Plan.Home) -> Stage {
        var plan = Plan(networks: [.inspircd], hasPhones: true)
        plan.home = home
        plan.admins = ["ops@example.org"]
        return Stage(plan: plan)
    }
}

extension Subscriber {
    /// Registers a user, and lets the gateway see the user's presence.
    static func seen(_ name: String = "alice", number: String) async throws -> Subscriber {
        let subscriber = try await registered(name, number: number, in: Stage.deployment)
        let gateway = subscriber.deployment.sms
        if subscriber.deployment.home is Ejabberd {
            try await subscriber.user.expect("the gateway's question") { $0.type == "subscribe" && $0.from == gateway }
            try subscriber.user.send("<presence type='subscribed' to='\(gateway)'/>")
        }
        try subscriber.user.send("<presence type='subscribe' to='\(gateway)'/>")
        try await subscriber.user.expect("the gateway to be available") {
            $0.name == "presence" && $0.from == "\(gateway)/sms" && $0.type.isEmpty
        }
        return subscriber
    }
}
