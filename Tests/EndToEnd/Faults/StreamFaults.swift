import ServerRig
import Testing

extension Faults {
    /// A way in which the XMPP stream breaks.
    struct Break: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let fault: Fault
        let point: FaultPoint
    }

    static let breaks = [
        Break(
            testDescription: "cut in the middle of a stanza to the server", fault: .cut,
            point: .after("<message", .outward)),
        Break(
            testDescription: "half-closed in the middle of a stanza to the server", fault: .halfClose,
            point: .after("<message", .outward)),
        Break(
            testDescription: "half-closed by the server", fault: .halfClose, point: .before("<message", .inward)),
        Break(
            testDescription: "cut in the middle of a stanza from the server", fault: .cut,
            point: .after("<message", .inward)),
    ]

    @Test("a broken stream loses no message of the network", arguments: breaks)
    func brokenStream(how: Break) async throws {
        var plan = Plan(networks: [.ngircd])
        plan.hasFaults = true
        try await Stage.with(plan) { deployment in
            let meeting = try await Meeting.begin(on: .ngircd, in: deployment)
            let stream = try deployment.faults.stream
            let rule = stream.arm(how.fault, at: how.point)

            for number in 1...5 { try meeting.anna.say("before \(number)", to: meeting.channel) }
            let lost = try meeting.alice.say("into the break", in: meeting.room)
            try await rule.struck()
            try meeting.anna.say("after", to: meeting.channel)

            for text in (1...5).map({ "before \($0)" }) + ["after"] {
                try await meeting.alice.expectSaid(text, by: meeting.anna.nick, in: meeting.room)
            }
            try await deployment.awaitGateways()
            try await meeting.expectWhole()
            // The server wrote this message into a broken stream. It may be lost, but must not be delivered twice.
            let words = meeting.alice.stanzas.present { $0.id == lost }
            #expect(words.count <= 1, "\(words)")
        }
    }

    @Test("a server that is silent for a while and then crashes loses no message of the network")
    func silentServer() async throws {
        var plan = Plan(networks: [.ngircd])
        plan.hasFaults = true
        try await Stage.with(plan) { deployment in
            let meeting = try await Meeting.begin(on: .ngircd, in: deployment)
            let stream = try deployment.faults.stream

            for way in FaultPoint.Way.allCases { stream.stall(way) }
            for number in 1...5 { try meeting.anna.say("unheard \(number)", to: meeting.channel) }
            try await meeting.anna.fence()
            stream.strike(.cut)
            stream.release()

            for number in 1...5 {
                try await meeting.alice.expectSaid("unheard \(number)", by: meeting.anna.nick, in: meeting.room)
            }
            try await deployment.awaitGateways()
            try await meeting.expectWhole()
        }
    }
}

extension Meeting {
    /// Checks that alice and anna hear each other, and that nobody left or joined in the meantime.
    func expectWhole() async throws {
        try await expectTalk()
        #expect(anna.lines.present { ["JOIN", "PART", "QUIT"].contains($0.command) }.isEmpty)
    }
}
