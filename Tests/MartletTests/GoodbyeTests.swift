import GatewayKit
import NIOCore
import Registry
import Testing
import XML

@testable import martlet

@Suite("Goodbyes when a gateway stops", .timeLimit(.minutes(1)))
struct GoodbyeTests {
    private static let users = 2_500

    /// A gateway that is a contact of every user, and a server that has read its presence to each of them.
    private func rig(_ server: LoopbackServer) async throws -> (LoopRig, ServerEnd) {
        let contacts = (0..<Self.users).map {
            ContactRecord(gateway: "gw.test", user: UserID("user\($0)@home.test"), localpart: "")
        }
        let rig = try await LoopRig(
            port: server.port, adapter: { GatewayLoopTests.echo() }, contacts: contacts)
        let end = try await server.open()
        for _ in 0..<Self.users { _ = try await end.next("presence") }
        return (rig, end)
    }

    @Test("all contacts are told if the server reads, however often the gateway checks the progress")
    func all() async throws {
        let server = try await LoopbackServer.start()
        let (rig, end) = try await rig(server)
        try await rig.onLoop {
            // On a busy machine a check could see no progress.
            $0.goodbyeTiming = GoodbyeTiming(look: .milliseconds(1), mostIdleLooks: .max)
        }
        async let stopped: Void = rig.stop()
        var told: Set<String> = []
        while told.count < Self.users {
            let presence = try await end.next("presence") { $0[attribute: "type"] == "unavailable" }
            told.insert(presence[attribute: "to"] ?? "")
        }
        try await stopped
        try await server.stop()
    }

    @Test("a gateway does not wait for a server that does not read")
    func deaf() async throws {
        let server = try await LoopbackServer.start()
        let (rig, _) = try await rig(server)
        try await rig.onLoop { $0.goodbyeTiming = GoodbyeTiming(look: .milliseconds(20), mostIdleLooks: 2) }
        let before = NIODeadline.now()
        try await rig.stop()
        #expect(NIODeadline.now() - before < .seconds(30))
        try await server.stop()
    }

    @Test("the goodbyes go on with any progress, end without progress, and end at the time limit in any case")
    func watch() {
        let start = NIODeadline.uptimeNanoseconds(1)
        let timing = GoodbyeTiming(look: .seconds(5), mostIdleLooks: 2, most: .seconds(75))
        var watch = GoodbyeWatch(timing, now: start)
        for look in 1..<15 {
            let goesOn = watch.goesOn(told: look / 2, now: start + .seconds(Int64(look) * 5))
            #expect(goesOn, "one check may see no progress")
        }
        let goesOn = watch.goesOn(told: 100, now: start + timing.most)
        #expect(!goesOn)
        watch = GoodbyeWatch(timing, now: start)
        let answers = (0..<3).map { _ in watch.goesOn(told: 7, now: start) }
        #expect(answers == [true, true, false])
    }
}
