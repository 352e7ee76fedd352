import GatewayKit
import NIOCore
import NIOEmbedded
import Testing

@testable import IRCAdapter

@Suite("IRC: reconnects of many users")
struct ReconnectPaceTests {
    private let net = NetworkID("net")
    private let rate = ReconnectRate(burst: 3, perSecond: 2)

    @Test("after a burst, each turn comes one interval later, and a pause gives the burst back")
    func turns() {
        let pace = ReconnectPace()
        let start = NIODeadline.uptimeNanoseconds(1_000_000_000)
        let waits = (0..<6).map { _ in pace.takeTurn(on: net, rate, now: start) }
        #expect(waits == [0, 0, 0, 500, 1000, 1500].map { .milliseconds($0) })
        #expect(pace.takeTurn(on: NetworkID("other"), rate, now: start) == .zero, "networks do not share turns")
        #expect(pace.takeTurn(on: net, rate, now: start + .seconds(1)) == .seconds(1))
        #expect(pace.takeTurn(on: net, rate, now: start + .seconds(60)) == .zero)
    }

    @Test("without a rate nothing waits")
    func unlimited() {
        let pace = ReconnectPace()
        for _ in 0..<100 {
            #expect(pace.takeTurn(on: net, ReconnectRate(burst: 1, perSecond: 0), now: .now()) == .zero)
        }
    }

    @Test("when a server breaks the connections of many users, they come back one after another")
    func many() throws {
        let rig = UsersRig()
        let users = (0..<90).map { "u\($0)" }
        for user in users { rig.join("irc.example", user: user) }
        for _ in users { try rig.enter("irc.example") }
        #expect(rig.dialled.isEmpty)
        rig.breakAll()
        // The first pause is 1 to 2 seconds; then 50 dial at once, and 20 each second.
        rig.loop.advanceTime(by: .seconds(2))
        let first = rig.dialled.count
        #expect((50..<75).contains(first), "\(first) dials")
        rig.loop.advanceTime(by: .seconds(1))
        #expect((15...25).contains(rig.dialled.count - first), "\(rig.dialled.count - first) more")
        rig.loop.advanceTime(by: .seconds(3))
        #expect(rig.dialled.count == 90)
    }

    @Test("a user who asks for the connection does not wait for a turn")
    func asked() throws {
        let rig = UsersRig()
        let users = (0..<90).map { "u\($0)" }
        for user in users { rig.join("irc.example", user: user) }
        for _ in users { try rig.enter("irc.example") }
        rig.breakAll()
        let before = rig.dialled.count
        for user in users { rig.join("irc.example", user: user) }
        #expect(before == 0 && rig.dialled.count == 90)
    }
}
