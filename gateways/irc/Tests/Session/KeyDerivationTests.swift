import Foundation
import GatewayKit
import NIOCore
import NIOEmbedded
import Testing

@testable import IRCAdapter

@Suite("IRC sessions: derivation of keys")
struct KeyDerivationTests {
    private let rig = UsersRig(account: ["nick": "me", "sasl_password": "hush", "sasl_mechanism": "SCRAM-SHA-256"])

    /// Lets a host demand this number of iterations.
    private func challenge(_ host: String, iterations: Int) throws {
        rig.join(host)
        try rig.accept(host)
        try rig.send(host, "CAP * LS :sasl=SCRAM-SHA-256", "CAP * ACK :sasl", "AUTHENTICATE +")
        let lines = try rig.lines(host)
        let line = try #require(lines.last)
        let first = try #require(Data(base64Encoded: String(line.dropFirst("AUTHENTICATE :".count))))
        let nonce = String(decoding: first, as: UTF8.self).split(separator: "r=").last ?? ""
        let demand = "r=\(nonce)x,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=\(iterations)"
        for line in SASLPayload.lines(Array(demand.utf8)) {
            try rig.send(host, line.text.replacing("AUTHENTICATE :", with: "AUTHENTICATE "))
        }
    }

    @Test("All sessions share one slice at a time, with a pause after each, and each session has its turn")
    func turns() throws {
        try challenge("one.example", iterations: 10_000)
        try challenge("two.example", iterations: 5_000)
        rig.loop.run()
        // One has ten slices, and two has five: two's last one is the tenth of all.
        rig.loop.advanceTime(by: .milliseconds(9))
        #expect(try rig.lines("one.example").isEmpty && rig.lines("two.example").isEmpty)
        rig.loop.advanceTime(by: .milliseconds(1))
        #expect(try rig.lines("one.example").isEmpty && rig.lines("two.example").count == 1)
        rig.loop.advanceTime(by: .milliseconds(4))
        #expect(try rig.lines("one.example").isEmpty)
        rig.loop.advanceTime(by: .milliseconds(1))
        #expect(try rig.lines("one.example").count == 1)
    }

    @Test("A session whose connection has ended derives no more")
    func ended() throws {
        try challenge("one.example", iterations: 200_000)
        try challenge("two.example", iterations: 5_000)
        rig.breakConnection("one.example")
        rig.loop.advanceTime(by: .milliseconds(6))
        #expect(try rig.lines("two.example").count == 1)
    }
}
