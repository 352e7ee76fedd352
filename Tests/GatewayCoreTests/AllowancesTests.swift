import GatewayKit
import Testing
import XMPP

@testable import GatewayCore

@Suite("Token buckets of users")
struct AllowancesTests {
    private let user = { (name: String) in try JID("\(name)@home.test/x") }
    private func at(_ seconds: Double) -> () -> Timestamp { { Timestamp(secondsSince1970: seconds) } }

    @Test("a bucket gives its burst, then refills at its rate and never beyond its size")
    func bucket() throws {
        var allowances = Allowances(burst: 5, perSecond: 2)
        let anna = try user("anna")
        let taken = { (allowances: inout Allowances, time: Double) in
            (0..<20).count { _ in allowances.take(anna, now: { Timestamp(secondsSince1970: time) }) }
        }
        #expect(taken(&allowances, 0) == 5)
        #expect(taken(&allowances, 0.4) == 0)
        #expect(taken(&allowances, 1) == 2)
        #expect(taken(&allowances, 1_000) == 5)
    }

    @Test("a clock that is set back neither gives extra tokens nor blocks a user for ever")
    func clock() throws {
        var allowances = Allowances(burst: 1, perSecond: 1)
        let anna = try user("anna")
        let taken = [1_000, 10, 11].map { allowances.take(anna, now: at($0)) }
        #expect(taken == [true, false, true])
    }

    @Test("debts are bounded, and the buckets of inactive users are forgotten")
    func memory() throws {
        var allowances = Allowances(burst: 10, perSecond: 10)
        let anna = try user("anna")
        allowances.charge(anna, 1_000_000, now: at(0))
        let taken = [1.9, 3.1].map { allowances.take(anna, now: at($0)) }
        #expect(taken == [false, true])
        for number in 0..<5_000 { _ = allowances.take(try user("u\(number)"), now: at(Double(number))) }
        #expect(allowances.count < 2_000)
    }
}
