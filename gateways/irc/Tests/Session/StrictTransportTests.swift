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

    @Test("Only a limited number of policies is kept: those that end last")
    func bound() {
        let policies = TransportPolicies()
        let now = NIODeadline.uptimeNanoseconds(0)
        for number in 1...TransportPolicies.limit + 10 {
            policies.require("h\(number)", port: 1, for: .seconds(Int64(number)), now: now)
        }
        #expect(policies.port(of: "h10", now: now) == nil)
        #expect(policies.port(of: "h11", now: now) == 1)
        #expect(policies.port(of: "h11", now: now + .seconds(11)) == nil)
        policies.require("h12", port: 1, for: .zero, now: now)
        #expect(policies.port(of: "h12", now: now) == nil)
    }
}
