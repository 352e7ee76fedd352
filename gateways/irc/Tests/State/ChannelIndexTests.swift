import GatewayKit
import GatewayTesting
import NIOCore
import Testing

@testable import IRCAdapter

@Suite("Finding the channels of a person")
struct ChannelIndexTests {
    private static let network = ClientScript.network

    /// A collection that counts its elements that were looked at.
    private final class Counted: Collection {
        let channels: [IRCChannel]
        private(set) var visits = 0

        init(_ channels: [IRCChannel]) { self.channels = channels }

        var startIndex: Int { 0 }
        var endIndex: Int { channels.count }
        func index(after index: Int) -> Int { index + 1 }
        subscript(index: Int) -> IRCChannel {
            visits += 1
            return channels[index]
        }
    }

    private func channel(_ number: Int, _ members: [String]) -> IRCChannel {
        let name = "#\(number)"
        let channel = IRCChannel(address: RoomAddress(network: Self.network, name: name), name: name)
        for nick in members {
            channel.members[CaseMapping.ascii.fold(nick)] = IRCChannel.Member(nick: nick, ranks: MemberRanks())
        }
        return channel
    }

    @Test("few channels are looked through; with many, a look-up visits none, and a walk is never longer than 16")
    func visits() {
        let anna = CaseMapping.ascii.fold("anna")
        for count in [0, 1, 8, 16, 17, 195] {
            let all = Counted((0..<count).map { channel($0, $0.isMultiple(of: 50) ? ["anna", "me"] : ["me"]) })
            var index = ChannelIndex()
            index.adapt(to: all)
            #expect(index.isBuilt == (count > 16))
            let before = all.visits
            #expect(index.channels(of: anna, among: all).count == (count + 49) / 50)
            #expect(all.visits - before == (count > 16 ? 0 : count))
        }
    }

    @Test("the index comes with the seventeenth channel, and goes when fewer than eight are left")
    func threshold() {
        var index = ChannelIndex()
        let all = (0..<20).map { channel($0, ["me"]) }
        for (count, isBuilt) in [(16, false), (17, true), (16, true), (8, true), (7, false), (16, false), (20, true)] {
            index.adapt(to: all.prefix(count))
            #expect(index.isBuilt == isBuilt, "\(count)")
        }
    }

    /// Lines of the server, each in a channel with a number or in all of them.
    private static func line(_ luck: inout SeededGenerator) -> String {
        let nicks = ["anna", "Anna", "bob", "c[d]", "c{d}", "me"]
        func nick() -> String { nicks.randomElement(using: &luck) ?? "" }
        let room = "#\(Int.random(in: 0..<24, using: &luck))"
        switch Int.random(in: 0..<12, using: &luck) {
        case 0..<4: return ":\(nick())!u@h JOIN \(room)"
        case 4, 5: return ":\(nick())!u@h PART \(room)"
        case 6: return ":\(nick())!u@h KICK \(room) \(nick())"
        case 7: return ":\(nick())!u@h QUIT :x"
        case 8: return ":\(nick())!u@h NICK \(nick())"
        case 9: return ":\(nick())!u@h AWAY :\(Int.random(in: 0..<9, using: &luck))"
        case 10: return ":s 353 me = \(room) :me \(nick()) @\(nick())"
        default: return ":s 366 me \(room) :End"
        }
    }

    @Test("after every line, the index and the walk find the same channels", arguments: 1...40)
    func oracle(seed: Int) throws {
        var luck = SeededGenerator(seed: UInt64(seed))
        var script = try ClientScript.ready(.fences, knowing: "away-notify account-notify")
        var built = 0
        for step in 0..<600 {
            if step.isMultiple(of: 150) {
                let mapping = (step / 150).isMultiple(of: 2) ? "rfc1459" : "ascii"
                try script.receive(":s 005 me CASEMAPPING=\(mapping) :are supported")
                for number in 0..<20 { try script.receive(":me!u@h JOIN #\(number)", ":s 366 me #\(number) :End") }
            }
            try script.receive(Self.line(&luck))
            let client = script.client
            built += client.channelIndex.isBuilt ? 1 : 0
            for nick in ["anna", "bob", "c[d]", "c{d}", client.identity.nick] {
                let name = client.fold(nick)
                let walk = client.channels.values.filter { $0.members[name] != nil }
                #expect(Set(client.channels(of: name).map(\.name)) == Set(walk.map(\.name)))
                #expect(client.channels(of: name).count == walk.count)
            }
            #expect(client.memberCount == client.channels.values.reduce(0) { $0 + $1.members.count })
            if script.end != nil { break }
        }
        #expect(built > 100)
    }

    @Test("a person in many channels who changes without end is written into them as often as the core is told")
    func flood() throws {
        var script = try ClientScript.ready(.fences, knowing: "away-notify account-notify")
        let rooms = 195
        for number in 0..<rooms {
            try script.receive(
                ":me!u@h JOIN #\(number)", ":s 353 me = #\(number) :me anna", ":s 366 me #\(number) :End")
        }
        script.forget()
        for number in 0..<500 { try script.receive(":anna!a@h AWAY :\(number)", ":anna!a@h ACCOUNT a\(number)") }
        // The first change is told and written at once. The others wait, and none is written.
        let name = script.client.fold("anna")
        func written(_ script: ClientScript) -> [OccupantDetails?] {
            script.client.channels(of: name).map { $0.members[name]?.details }
        }
        #expect(written(script) == Array(repeating: OccupantDetails(availability: .away("0")), count: rooms))
        #expect(script.events.count == rooms)
        try script.receive(":anna!a@h NICK anne")
        let last = OccupantDetails(availability: .away("499"), account: "a499")
        let new = script.client.fold("anne")
        #expect(script.client.channels(of: new).allSatisfy { $0.members[new]?.details == last })
        #expect(script.client.channels(of: new).count == rooms && script.client.channels(of: name).isEmpty)
    }

    @Test("details that wait are not given to another person who takes the nick")
    func forgotten() throws {
        var script = try ClientScript.ready(.fences, knowing: "away-notify")
        for number in 0..<20 {
            try script.receive(
                ":me!u@h JOIN #\(number)", ":s 353 me = #\(number) :me anna", ":s 366 me #\(number) :End")
        }
        for number in 0..<20 { try script.receive(":anna!a@h AWAY :\(number)") }
        #expect(script.client.news.heldDetails(of: script.client.fold("anna")) != nil)
        try script.receive(":anna!a@h QUIT :bye", ":anna!b@h JOIN #1")
        script.pass(.seconds(60))
        let name = script.client.fold("anna")
        #expect(script.client.channels(of: name).map(\.name) == ["#1"])
        #expect(script.client.channels(of: name).first?.members[name]?.details == nil)
    }
}
