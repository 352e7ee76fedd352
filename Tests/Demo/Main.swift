import Glibc
import ServerRig

/// The demo: real servers on loopback, Martlet between them, and a conversation from end to end.
@main struct Demo {
    static func main() async {
        let arguments = CommandLine.arguments.dropFirst()
        let once = arguments.contains("--once")
        guard arguments.allSatisfy({ $0 == "--once" }) else {
            Screen.show("usage: martlet-demo [--once]\n\n--once   ends after the conversation, instead of staying up")
            exit(arguments.contains("--help") ? 0 : 64)
        }
        do {
            try await run(once: once)
        } catch {
            Screen.show("\n\(error)")
            exit(1)
        }
    }

    private static func run(once: Bool) async throws {
        var transcript = Transcript()
        var plan = Plan(networks: [.ngircd], hasPhones: true)
        plan.domain = "localhost"
        let world = try await start(plan, &transcript)
        do {
            let anna = try await IRCUser("anna", port: world.server(.ngircd).port, logs: world.folder.logs)
            try await anna.join("#harbour")
            try await anna.ask("TOPIC #harbour :High water at 14:05", answer: "TOPIC")
            let account = try await world.home.addAccount("alice")
            let alice = XMPPUser(account, resource: "desk", driver: world.driver)
            try await alice.connect()
            try await Conversation(world: world, alice: alice, anna: anna).play(&transcript)
            Screen.show("\nEverything arrived.")
            if !once { try await OpenHouse(world: world, anna: anna).stayOpen() }
        } catch {
            await world.stop()
            throw error
        }
        await world.stop()
    }

    private static func start(_ plan: Plan, _ transcript: inout Transcript) async throws -> Deployment {
        var world: Deployment?
        try await transcript.leg("Prosody, ngIRCd, Kannel and Martlet start") { tell in
            let started = try await Deployment.start(plan)
            world = started
            tell("Prosody", "127.0.0.1:\(started.home.clientPort), domain \(plan.domain)")
            tell("ngIRCd", "127.0.0.1:\(try started.server(.ngircd).port)")
            tell("Kannel", "127.0.0.1:\(try started.phoneSide.kannel.sendPort)")
            tell("Martlet", "gateways \(started.irc) and \(started.sms)")
            tell("", "configuration \(started.martlet.configuration)")
        }
        guard let world else { throw RigFailure("nothing was started") }
        return world
    }
}
