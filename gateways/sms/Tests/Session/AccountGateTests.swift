import GatewayKit
import GatewayTesting
import HTTP
import InMemoryLogging
import Logging
import NIOCore
import NIOEmbedded
import Testing

@testable import SMSAdapter

@Suite("The rate and the pause of an account")
struct AccountGateTests {
    private func outcome(_ gateway: Gateway) -> Failure? {
        guard case .outcome(_, .failed(let failure))? = gateway.events.last else { return nil }
        return failure
    }

    @Test("A wrong password pauses the account of all its numbers; a trial follows, and ends the pause or lengthens it")
    func pause() throws {
        let gateway = try Gateway()
        let (alice, other) = (gateway.open(), gateway.open("+15550003333"))
        gateway.provider.answerAlways(.http(403, "Authorization failed"))
        gateway.send(alice, "one", id: "r-1")
        #expect(outcome(gateway)?.retry == .after(.seconds(60)) && outcome(gateway)?.kind == .remoteDown)
        #expect(gateway.reports == ["box: the provider answered 403: Authorization failed"])
        let told = gateway.log.entries.filter { $0.level == .warning }
        #expect(told.map { "\($0.message)" } == ["the provider refuses this account; its messages wait"])
        #expect(
            told.first?.metadata["next"]?.description.contains("sms.accounts.box.settings (username, password") == true)

        gateway.loop.advanceTime(by: .seconds(20))
        gateway.send(other, "two", id: "r-2")
        #expect(outcome(gateway)?.retry == .after(.seconds(40)))
        #expect(gateway.provider.requests.count == 1)

        gateway.loop.advanceTime(by: .seconds(40))
        gateway.send(other, "two", id: "r-2")
        #expect(outcome(gateway)?.retry == .after(.seconds(120)))
        #expect(gateway.provider.requests.count == 2)

        gateway.provider.answerAlways(.http(202, "0: Accepted for delivery"))
        gateway.loop.advanceTime(by: .seconds(120))
        gateway.send(alice, "one", id: "r-1")
        #expect(gateway.events.last == .outcome(RequestID("r-1"), .accepted(as: nil)))
        #expect(gateway.reports.last == "box: nil")
        gateway.send(other, "two", id: "r-2")
        #expect(gateway.provider.requests.count == 4)
    }

    @Test("While the trial has no answer, no other message goes out")
    func oneTrial() throws {
        let gateway = try Gateway()
        let session = gateway.open()
        gateway.provider.answer(.http(403))
        gateway.send(session, "one", id: "r-1")
        gateway.loop.advanceTime(by: .seconds(60))
        gateway.provider.hold()
        gateway.send(session, "one", id: "r-1")
        gateway.send(session, "two", id: "r-2", to: "+15557654321")
        #expect(outcome(gateway)?.retry == .after(.seconds(10)))
        #expect(gateway.provider.requests.count == 2)
        gateway.provider.release(.http(503))
        gateway.loop.run()
        gateway.send(session, "one", id: "r-1")
        #expect(
            outcome(gateway)?.retry == .after(.seconds(60)), "the provider has not said whether the account is good")
    }

    @Test("At the operator's word the next message is a trial")
    func operatorsWord() throws {
        let gateway = try Gateway()
        let session = gateway.open()
        gateway.provider.answer(.http(403))
        gateway.send(session, "one", id: "r-1")
        session.perform(Request(id: RequestID("o"), action: .resume))
        gateway.send(session, "one", id: "r-1")
        #expect(gateway.events.last == .outcome(RequestID("r-1"), .accepted(as: nil)))
    }

    @Test("A refusal of one message does not pause the account", arguments: [400, 404])
    func oneMessage(status: Int) throws {
        let gateway = try Gateway()
        let session = gateway.open()
        gateway.provider.answer(.http(status))
        gateway.send(session, "one", id: "r-1")
        #expect(outcome(gateway)?.retry == .never && gateway.reports.isEmpty)
        gateway.send(session, "two", id: "r-2")
        #expect(gateway.provider.requests.count == 2)
    }

    @Test("The numbers of an account share its rate, and take turns")
    func rate() throws {
        let gateway = try Gateway(accountRate: "{per-second: 1, burst: 1}")
        let (alice, other) = (gateway.open(), gateway.open("+15550003333"))
        for index in 0..<4 { gateway.send(alice, "a\(index)", id: "a-\(index)", to: "+1555100000\(index)") }
        for index in 0..<2 { gateway.send(other, "b\(index)", id: "b-\(index)", to: "+1555200000\(index)") }
        #expect(gateway.provider.requests.count == 1)
        gateway.loop.advanceTime(by: .milliseconds(999))
        #expect(gateway.provider.requests.count == 1)
        gateway.loop.advanceTime(by: .milliseconds(1))
        #expect(gateway.provider.requests.count == 2)
        gateway.loop.advanceTime(by: .seconds(10))
        #expect(gateway.provider.queries.map { $0["text"] } == ["a0", "a1", "b0", "a2", "b1", "a3"])
    }
}
