import GatewayKit
import Registry
import Testing
import XMPP

@testable import GatewayCore

/// The clock of the machine is set forward and back while messages wait. Timers do not depend on the clock, but stored
/// times do. A stored time must not make a message wait for years or be handed over twice.
@Suite("A clock that jumps")
struct ClockTests {
    private static let day = 24.0 * 3600
    private static let jumps: [Double] = [-20 * 365 * day, -day, -3600, -1, 0, 1, 3600, 20 * 3600]

    private func write(_ scene: Scene) throws {
        try scene.receive(
            from: "anna@home.test/a", "<message type='chat' id='m'><body>x</body></message>", to: "+15550199@gw.test")
    }

    private let away = Failure(.remoteDown, "away", retry: .after(.seconds(30)))

    @Test("a waiting message is tried again after the same time, even if the clock jumps", arguments: jumps)
    func retry(jump: Double) throws {
        let scene = try StoredDeliveryTests.scene()
        try write(scene)
        scene.event(.outcome(try scene.takeRequest().id, .failed(away)), network: "phone")
        scene.setClock(by: jump)
        scene.advance(by: .seconds(29))
        #expect(scene.requests.isEmpty)
        scene.advance(by: .seconds(1))
        #expect(scene.requests.count == 1 && scene.sent.isEmpty)
    }

    @Test("a jump beyond the longest wait ends a message with one error")
    func tooLong() throws {
        let scene = try StoredDeliveryTests.scene()
        try write(scene)
        scene.event(.outcome(try scene.takeRequest().id, .failed(away)), network: "phone")
        scene.setClock(by: 10 * 365 * Self.day)
        scene.advance(by: .seconds(7200))
        #expect(scene.messages.map(\.stanzaError?.condition) == [.remoteServerTimeout])
        scene.setClock(by: -10 * 365 * Self.day)
        scene.advance(by: .seconds(2 * 24 * 3600))
        #expect(scene.messages.count == 1 && scene.requests.isEmpty && scene.ledgerFeature.open.values.isEmpty)
    }

    @Test("a retry time that is years away does not keep a message waiting beyond the longest wait")
    func farRetry() throws {
        let scene = try StoredDeliveryTests.scene()
        try write(scene)
        let failure = Failure(.rateLimited, "later", retry: .after(.seconds(10 * 365 * 24 * 3600)))
        scene.event(.outcome(try scene.takeRequest().id, .failed(failure)), network: "phone")
        scene.advance(by: .seconds(24 * 3600))
        #expect(scene.messages.map(\.head.id) == ["m"] && scene.requests.isEmpty)
    }

    private func entry(_ state: OutboundEntry.State, at seconds: Double, notBefore: Double? = nil) -> OutboundEntry {
        var entry = OutboundEntry(
            id: RequestID("old"), gateway: "gw.test",
            account: AccountID(user: UserID("anna@home.test"), network: StoredRules.network), localpart: "+15550199",
            text: "x", sender: "anna@home.test/a", recipient: "+15550199@gw.test", originID: "m", wantsReceipt: false,
            createdAt: Timestamp(secondsSince1970: seconds), updatedAt: Timestamp(secondsSince1970: seconds))
        entry.state = state
        entry.notBefore = notBefore.map(Timestamp.init(secondsSince1970:))
        return entry
    }

    @Test("an entry with times in the future is continued within a day")
    func future() throws {
        let future = 1_767_268_800 + 20 * 365 * Self.day
        let scene = try StoredDeliveryTests.scene([entry(.waiting, at: future, notBefore: future + 60)])
        scene.advance(by: .seconds(24 * 3600))
        #expect(scene.requests.count == 1)
        let second = try StoredDeliveryTests.scene([entry(.handing, at: future)])
        second.advance(by: .seconds(15 * 60))
        #expect(second.messages.map(\.head.id) == ["m"], "the outcome becomes unknown after the usual window")
    }

    @Test(
        "an entry with times long ago is settled at once, or after the usual window",
        arguments: [OutboundEntry.State.waiting, .handing])
    func past(state: OutboundEntry.State) throws {
        let scene = try StoredDeliveryTests.scene([entry(state, at: 0, notBefore: 0)])
        scene.advance(by: .seconds(state == .waiting ? 0 : 25))
        #expect(scene.messages.map(\.stanzaError?.condition) == [.remoteServerTimeout])
    }

    @Test("pruning happens every hour, with the time of the clock", arguments: jumps)
    func prune(jump: Double) throws {
        let scene = try StoredDeliveryTests.scene()
        scene.setClock(by: jump)
        scene.advance(by: .seconds(3 * 3600))
        let times = scene.changes.compactMap { $0.of(Prune.self)?.now }
        #expect(times.count == 3 && times.last == scene.now)
    }

    @Test("a delay stamp has the time of the clock, and a message with a time in the future keeps that time")
    func delays() throws {
        let scene = try Scene.inRoom()
        scene.post(.linkClosed)
        let bob = InboundMessage.Origin.room(Scene.room, nick: "Bob")
        scene.setClock(by: -Self.day)
        scene.event(.message(InboundMessage(from: bob, text: "one")), network: "net")
        scene.setClock(by: 2 * Self.day)
        scene.event(.message(InboundMessage(from: bob, text: "two")), network: "net")
        let future = Timestamp(secondsSince1970: 4_102_444_800)
        scene.event(.message(InboundMessage(from: bob, text: "three", sentAt: future)), network: "net")
        scene.post(.linkOpened)
        let stamps = try scene.messages.map { message in
            try Delay(try #require(message.first("delay", namespace: Delay.namespace))).stamp
        }
        #expect(scene.messages.map(\.body) == ["one", "two", "three"], "the messages keep their order")
        #expect(stamps == [1_767_268_800 - Self.day, 1_767_268_800 + Self.day, 4_102_444_800])
    }
}
