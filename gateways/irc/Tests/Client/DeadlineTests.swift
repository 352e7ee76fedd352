import Basics
import GatewayKit
import NIOCore
import Testing

@testable import IRCAdapter

/// A deadline that is the present time once it has been served would keep the event loop busy for ever.
@Suite("Deadlines")
struct DeadlineTests {
    /// A state in which a connection has deadlines.
    enum Situation: CaseIterable {
        case registering, waitingForList, identifying, loggingIn, inChannel, entering, askingForModes, texts,
            texting, idle, regaining, listing, searching, lines, multiline, questions, presence, netsplit, details,
            askingAboutMembers, refusedBeforeLogin

        func script() throws -> ClientScript {
            var script = try opened()
            for action in actions { _ = script.perform(action) }
            for line in received { try script.receive(line) }
            return script
        }

        private func opened() throws -> ClientScript {
            switch self {
            case .registering: return ClientScript()
            case .waitingForList: return ClientScript(password: Secret("hush"), obeysSTS: true)
            case .identifying: return try loggingIn(":s 376 me :End")
            case .loggingIn: return try loggingIn("CAP * LS :sasl", "CAP * ACK :sasl")
            case .refusedBeforeLogin:
                return try loggingIn(":s 376 me :End", ":s 401 me NickServ :No such nick", required: false)
            case .regaining:
                var script = ClientScript(regainsNick: true)
                try script.receive(
                    "CAP * LS :", ":s 433 * me :taken", ":s 001 me_ :Hi", ":s 376 me_ :End")
                return script
            case .idle, .listing, .searching, .lines, .questions, .presence:
                return try .ready(.fences, flood: Self.flood)
            case .entering, .askingForModes, .askingAboutMembers:
                // There are 8 tokens for JOIN, and for the question about members 8 more for MODE.
                let flood = FloodLimit(burst: self == .askingAboutMembers ? 16 : 8, perSecond: 0.5)
                return try .ready(
                    .fences, knowing: "away-notify account-notify", flood: flood, support: "PREFIX=(ov)@+ WHOX")
            default: return try .inRoom(.fences, knowing: "batch away-notify draft/multiline", flood: Self.flood)
            }
        }

        private static let flood = FloodLimit(burst: 4, perSecond: 0.5)

        private func loggingIn(_ lines: String..., required: Bool = true) throws -> ClientScript {
            let credentials = Credentials(
                account: "me", password: Secret("hush"), mechanism: .plain, isRequired: required)
            var script = ClientScript(credentials: credentials)
            try script.receive(self == .loggingIn ? "NOTICE * :hello" : "CAP * LS :")
            if self != .loggingIn { try script.receive(":s 001 me :Hi") }
            for line in lines { try script.receive(line) }
            return script
        }

        private var actions: [Request.Action] {
            let net = ClientScript.network
            let rooms = (0..<8).map { RoomAddress(network: net, name: "#c\($0)") }
            return switch self {
            case .entering: [.join(rooms[0], password: nil)]
            case .askingForModes, .askingAboutMembers: rooms.map { .join($0, password: nil) }
            case .refusedBeforeLogin: [.join(rooms[0], password: nil)]
            case .texts, .texting:
                (0..<8).map { .send(.text(Text("words \($0)")), to: .room(ClientScript.room)) }
            case .listing: [.ask(.rooms(RoomSearch(order: .network), PageRequest(limit: 2)))]
            case .searching: [.ask(.rooms(RoomSearch(order: .name), PageRequest(limit: 2)))]
            case .lines: (0..<8).map { .ask(.raw("VERSION \($0)")) }
            case .questions: [.ask(.software(ClientScript.anna)), .ask(.echo(ClientScript.anna))]
            case .presence: [.watch((0..<40).map { PeerAddress(network: net, name: "nick\($0)") })]
            default: []
            }
        }

        private var received: [String] {
            let entries = (0..<8).flatMap {
                [":me!u@h JOIN #c\($0)", ":s 353 me = #c\($0) :me anna", ":s 366 me #c\($0) :End"]
            }
            return switch self {
            case .entering: [":me!u@h JOIN #c0"]
            case .askingForModes, .askingAboutMembers: entries
            case .refusedBeforeLogin: [":s 477 me #c0 :You need to be logged in"]
            case .texting: ["PONG s :fence-1", ":s 404 me #c :Cannot send"]
            case .searching:
                (0..<3 * ListSearch.slice).map { ":s 322 me #r\($0) 1 :" } + [":s 323 me :End"]
            case .multiline:
                [":anna!a@h BATCH +1 draft/multiline #c", "@batch=1 :anna!a@h PRIVMSG #c :one"]
            case .netsplit:
                (0..<400).map { ":g\($0)!g@h JOIN #c" } + (0..<400).map { ":g\($0)!g@h QUIT :a.net b.net" }
                    + (0..<400).map { ":g\($0)!g@h JOIN #c" }
            case .details:
                (0..<150).map { ":g\($0)!g@h JOIN #c" } + (0..<150).map { ":g\($0)!g@h AWAY :x" }
            default: []
            }
        }
    }

    @Test(
        "a deadline that has been served lies in the future, also while the socket takes nothing",
        arguments: Situation.allCases, [true, false])
    func moves(situation: Situation, canWrite: Bool) throws {
        var script = try situation.script()
        script.turn(canWrite: canWrite)
        var wakes = 0
        while script.end == nil, wakes < 1_000 {
            let wake = script.client.nextWake(now: script.now)
            #expect(wake > script.now)
            guard wake > script.now else { return }
            script.now = wake
            script.client.tick(now: wake)
            script.turn(canWrite: canWrite)
            wakes += 1
        }
        // A connection without an answer ends after three minutes.
        #expect(script.end != nil && wakes < 200, "the timer has ended \(wakes) times")
    }

    @Test(
        "questions that wait for the socket need no clock", arguments: [Situation.askingForModes, .askingAboutMembers])
    func blocked(situation: Situation) throws {
        var script = try situation.script()
        script.now = script.now + .seconds(30)
        script.turn(canWrite: false)
        #expect(script.client.nextWake(now: script.now) >= script.now + .seconds(1))
        script.turn()
        #expect(script.written.contains { $0.hasPrefix(situation == .askingAboutMembers ? "WHO" : "MODE") })
    }

    @Test("sessions whose questions must wait are woken once, at times of their own")
    func turns() throws {
        let commons = Surroundings.Commons()
        var scripts: [ClientScript] = []
        for _ in 0..<30 {
            var script = try ClientScript.ready(.fences, support: "PREFIX=(ov)@+ WHOX", commons: commons)
            _ = script.perform(.join(ClientScript.room, password: nil))
            let names = (0..<400).map { "guest\($0)" }.joined(separator: " ")
            try script.receive(":me!u@h JOIN #c", ":s 353 me = #c :me \(names)", ":s 366 me #c :End")
            scripts.append(script)
        }
        let waiting = scripts.filter { !$0.written.contains { $0.hasPrefix("WHO ") } }
        let wakes = waiting.map { $0.client.memberQueries.turn }
        #expect(waiting.count == 26 && Set(wakes).count == 26)
        for var script in waiting {
            let wake = script.client.nextWake(now: script.now)
            #expect(wake == script.client.memberQueries.turn)
            script.now = wake
            script.turn()
            #expect(script.written.contains { $0.hasPrefix("WHO ") })
        }
    }
}
