import Basics
import GatewayKit
import NIOCore
import NIOEmbedded
import Networking
import Testing

@testable import IRCAdapter

struct StrictTransportTests {
    private let join = Request.Action.join(SessionRig.room, password: nil)

    @Test("A server that demands TLS is dialled again with TLS, and the join goes on")
    func upgrade() throws {
        let rig = SessionRig(addresses: ["one.example:6667"], tls: "off")
        let id = rig.perform(join)
        #expect(rig.dials.first?.tls == .plain)
        try rig.accept()
        _ = try rig.lines()
        try rig.send("CAP * LS * :batch", "CAP * LS :sts=port=7000,duration=300 sasl")
        // No capability is asked for without TLS.
        #expect(try rig.lines().isEmpty)
        #expect(rig.dials.first?.endpoint.host == "one.example")
        #expect(rig.dials.first?.endpoint.port == 7000)
        #expect(rig.dials.first?.tls == .tls(TLSSettings()))
        #expect(rig.outcomes(id).isEmpty)
        try rig.accept()
        try rig.send("CAP * LS :sts=duration=300", ":s 001 me :Hi", ":s 422 me :x")
        try rig.enter()
        #expect(rig.outcomes(id) == [.outcome(id, .accepted(as: nil))])
    }

    @Test("A host that has demanded TLS is reached only with TLS for its time, counted from the last connection")
    func policy() throws {
        let rig = SessionRig(addresses: ["one.example:6667"], tls: "off")
        rig.perform(join)
        try rig.accept()
        try rig.send("CAP * LS :sts=port=7000")
        try rig.accept()
        try rig.send("CAP * LS :sts=duration=100", ":s 001 me :Hi", ":s 422 me :x")
        try rig.enter()
        rig.loop.advanceTime(by: .seconds(90))
        rig.breakConnection()
        rig.loop.advanceTime(by: .seconds(60))
        #expect(rig.dials.first?.endpoint.port == 7000)
        #expect(rig.dials.first?.tls == .tls(TLSSettings()))
        for _ in 0..<10 {
            if !rig.dials.isEmpty { rig.refuse() }
            rig.loop.advanceTime(by: .seconds(60))
        }
        rig.loop.advanceTime(by: .minutes(6))
        #expect(rig.dials.first?.endpoint.port == 6667)
        #expect(rig.dials.first?.tls == .plain)
    }

    @Test("A refused connection with TLS fails the join, and nothing is sent without TLS")
    func noFallBack() throws {
        let rig = SessionRig(addresses: ["one.example:6667"], tls: "off")
        let id = rig.perform(join)
        try rig.accept()
        try rig.send("CAP * LS :sts=port=7000")
        rig.refuse()
        #expect(rig.failure(id) == .remoteDown)
        #expect(rig.dials.isEmpty)
        rig.perform(join)
        #expect(rig.dials.first?.endpoint.port == 7000)
    }

    @Test("An offer without a port, on a connection with TLS, or of a server without a name demands nothing")
    func notDemanded() throws {
        for (address, tls, offer) in [
            ("one.example:6667", "off", "sts=duration=300"), ("one.example:6697", "required", "sts=port=7000"),
            ("9.9.9.9:6667", "off", "sts=port=7000"),
        ] {
            let rig = SessionRig(addresses: [address], tls: .scalar(tls))
            rig.perform(join)
            try rig.accept()
            _ = try rig.lines()
            try rig.send("CAP * LS :\(offer)")
            #expect(try rig.lines() == ["CAP END"], "\(offer)")
            #expect(rig.dials.isEmpty)
        }
    }

    @Test("A demand without TLS concerns only its session and its port, and is forgotten when TLS is ready")
    func upgradeAlone() throws {
        let rig = SessionRig(addresses: ["one.example:6667", "one.example:6668"], tls: "off")
        rig.perform(join)
        try rig.accept()
        try rig.send("CAP * LS :sts=port=7000,duration=300")
        #expect(rig.dials.first?.endpoint.port == 7000)
        #expect(rig.policies.port(of: "one.example", now: SessionRig.start) == nil)
        rig.refuse()
        #expect(rig.dials.first?.endpoint.port == 6668)
        #expect(rig.dials.first?.tls == .plain)
        rig.refuse()
        rig.perform(join)
        #expect(rig.dials.first?.endpoint.port == 7000)
        try rig.accept()
        try rig.send("CAP * LS :", ":s 001 me :Hi", ":s 422 me :x")
        try rig.enter()
        #expect(rig.kept.isEmpty)
        rig.breakConnection()
        rig.loop.advanceTime(by: .seconds(60))
        #expect(rig.dials.first?.endpoint.port == 6667)
    }

    private static let withPassword = ["nick": "me", "pass": "hush"]

    @Test("The server password is sent only when the list shows that the server does not demand TLS")
    func heldPassword() throws {
        let rig = SessionRig(addresses: ["one.example:6667"], account: Self.withPassword, tls: "off")
        rig.perform(join)
        try rig.accept()
        #expect(try rig.lines() == ["CAP LS 302"])
        try rig.send("CAP * LS * :batch")
        #expect(try rig.lines().isEmpty)
        rig.perform(.changeNick("you"))
        try rig.send("CAP * LS :echo-message")
        #expect(
            try rig.lines() == ["PASS :hush", "NICK :you", "USER me 0 * :me", "CAP REQ :batch echo-message"])
        rig.loop.advanceTime(by: .seconds(3))
        #expect(try rig.lines().isEmpty)

        let other = SessionRig(addresses: ["one.example:6667"], account: Self.withPassword, tls: "off")
        other.perform(join)
        try other.accept()
        try other.send("CAP * LS :sts=port=7000")
        #expect(try other.lines() == ["CAP LS 302"])
    }

    @Test("A server that does not know the list, or does not answer, gets the password, too")
    func noList() throws {
        for answer in [":s 421 * CAP :Unknown command", ":s 451 * :Register first", ":s 410 * LS :Invalid", nil] {
            let rig = SessionRig(addresses: ["one.example:6667"], account: Self.withPassword, tls: "off")
            rig.perform(join)
            try rig.accept()
            if let answer {
                try rig.send(answer)
            } else {
                rig.loop.advanceTime(by: .milliseconds(1_999))
                #expect(try rig.lines() == ["CAP LS 302"])
                rig.loop.advanceTime(by: .milliseconds(1))
            }
            let lines = try rig.lines().filter { !$0.hasPrefix("CAP") }
            #expect(lines == ["PASS :hush", "NICK :me", "USER me 0 * :me"])
        }
    }

    @Test("Without a password, or with TLS, or with an address instead of a name, nothing waits")
    func nothingHeld() throws {
        for (address, tls, account) in [
            ("one.example:6667", "off", ["nick": "me"]), ("one.example:6697", "required", Self.withPassword),
            ("9.9.9.9:6667", "off", Self.withPassword),
        ] {
            let rig = SessionRig(addresses: [address], account: account, tls: .scalar(tls))
            rig.perform(join)
            try rig.accept()
            #expect(try rig.lines().contains("NICK :me"))
        }
    }

    private let start = Timestamp(secondsSince1970: 1_000)

    @Test("Only a limited number of policies is kept: those that end last")
    func bound() {
        let policies = TransportPolicies()
        for number in 1...TransportPolicies.limit {
            _ = policies.require("h\(number)", port: 1, seconds: number, now: start)
        }
        let one = policies.require("more", port: 1, seconds: 5_000, now: start)
        #expect(one == [.init(key: "sts more", value: "1 6000"), .init(key: "sts h1", value: nil)])
        #expect(policies.port(of: "h1", now: start) == nil)
        #expect(policies.port(of: "h2", now: start) == 1)
        #expect(policies.port(of: "h2", now: start.advanced(by: .seconds(2))) == nil)
        #expect(policies.require("h12", port: 1, seconds: 0, now: start) == [.init(key: "sts h12", value: nil)])
        #expect(policies.port(of: "h12", now: start) == nil)
        #expect(policies.require("h12", port: 1, seconds: 0, now: start) == [])
    }

    @Test("A policy is kept when it is new and when it changes much, so that not every connection writes")
    func keeping() {
        let policies = TransportPolicies()
        let proven = policies.require("a.b", port: 7, seconds: 1_000, now: start)
        #expect(proven == [.init(key: "sts a.b", value: "7 2000")])
        #expect(policies.require("a.b", port: 7, seconds: 1_000, now: start.advanced(by: .seconds(50))) == [])
        #expect(policies.port(of: "a.b", now: start.advanced(by: .seconds(1_040))) == 7)
        let later = policies.require("a.b", port: 7, seconds: 1_000, now: start.advanced(by: .seconds(200)))
        #expect(later == [.init(key: "sts a.b", value: "7 2200")])
        let moved = policies.require("a.b", port: 8, seconds: 1_000, now: start.advanced(by: .seconds(200)))
        #expect(moved == [.init(key: "sts a.b", value: "8 2200")])
    }

    @Test("Policies that an earlier run has kept hold until their time is over; nonsense is left out")
    func restoring() {
        let policies = TransportPolicies()
        policies.restore(
            [
                "sts a.b": "7 2000", "sts over.b": "7 999", "sts odd.b": "x", "sts port.b": "70000 2000",
                "other a.c": "7 2000",
            ], now: start)
        #expect(policies.port(of: "a.b", now: start) == 7)
        #expect(policies.port(of: "a.b", now: start.advanced(by: .seconds(1_000))) == nil)
        for host in ["over.b", "odd.b", "port.b", "a.c"] { #expect(policies.port(of: host, now: start) == nil) }
        #expect(policies.require("a.b", port: 7, seconds: 0, now: start) == [.init(key: "sts a.b", value: nil)])
    }

    @Test("A session keeps the policy of its host, and one of duration zero removes it")
    func session() throws {
        let rig = SessionRig(addresses: ["one.example:6667"], tls: "off")
        rig.perform(join)
        try rig.accept()
        try rig.send("CAP * LS :sts=port=7000")
        try rig.accept()
        try rig.send("CAP * LS :sts=duration=1000", ":s 001 me :Hi", ":s 422 me :x")
        let end = Int(SessionRig.start.secondsSince1970) + 1_000
        #expect(rig.kept == [.init(key: "sts one.example", value: "7000 \(end)")])
        try rig.enter()
        rig.breakConnection()
        rig.loop.advanceTime(by: .seconds(60))
        try rig.accept()
        try rig.send("CAP * LS :sts=duration=0", ":s 001 me :Hi", ":s 422 me :x")
        #expect(rig.kept.last == .init(key: "sts one.example", value: nil))
    }

    @Test("The pins of a network without TLS hold when its server demands TLS")
    func pins() throws {
        let pin = String(repeating: "ab", count: 32)
        let rig = SessionRig(addresses: ["one.example:6667"], tls: "off", more: [("pin", .scalar(pin))])
        rig.perform(join)
        #expect(rig.dials.first?.tls == .plain)
        try rig.accept()
        try rig.send("CAP * LS :sts=port=7000")
        #expect(rig.dials.first?.tls == .tls(TLSSettings(verify: .pinned([pin]))))
    }
}
