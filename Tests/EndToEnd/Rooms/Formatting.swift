import ServerRig
import Testing

extension Rooms {
    @Test(
        "formatting becomes marks, plain stars come with <unstyled/>, and notices are marked",
        arguments: Plan.Network.allCases)
    func formatting(network: Plan.Network) async throws {
        let meeting = try await Meeting.begin(on: network, in: Stage.deployment)
        try meeting.anna.say("\u{2}bold\u{2} and \u{1D}italic\u{1D}", to: meeting.channel)
        let styled = try await meeting.alice.expectSaid(
            "*bold* and _italic_", by: meeting.anna.nick, in: meeting.room)
        #expect(styled.child("unstyled") == nil)
        try meeting.anna.say("*plain* stars", to: meeting.channel)
        let plain = try await meeting.alice.expectSaid("*plain* stars", by: meeting.anna.nick, in: meeting.room)
        #expect(plain.child("unstyled") != nil)
        try meeting.anna.send("NOTICE \(meeting.channel) :beep")
        try await meeting.alice.expectSaid("[notice] beep", by: meeting.anna.nick, in: meeting.room)
        try await meeting.end()
    }

    @Test("marked words get IRC's codes where the modes of the channel allow them")
    func codes() async throws {
        let meeting = try await Meeting.begin(on: .inspircd, in: Stage.deployment)
        let (alice, anna) = (meeting.alice, meeting.anna)
        // The features of the room say that its modes are known.
        let end = ContinuousClock.now + .seconds(10)
        while !(try await features(of: meeting.room, for: alice)).contains("muc_open"), ContinuousClock.now < end {
            try await anna.fence()
        }
        try alice.say("*bold*", in: meeting.room)
        try await anna.expectMessage("\u{2}*bold*\u{2}", from: meeting.nick, to: meeting.channel)
        try await alice.expectSaid("*bold*", by: meeting.nick, in: meeting.room)
        try await meeting.end()
    }
}
