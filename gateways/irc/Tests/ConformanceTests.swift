import GatewayKit
import GatewayTesting
import Logging
import NIOCore
import NIOEmbedded
import Testing

@testable import IRCAdapter

@Suite("IRC and the contract of adapters")
struct ConformanceTests {
    private static let harbour = NetworkID("harbour")

    private static let samples = ConformanceSamples(
        account: Account(
            id: AccountID(user: UserID("alice"), network: harbour), preferredNick: "alice",
            settings: ["nick": "alice", "pass": "open-sesame"]),
        addresses: [
            .network(harbour), .peer(PeerAddress(network: harbour, name: "anna")),
            .peer(PeerAddress(network: harbour, name: "[a]^`{|}")),
            .peer(PeerAddress(network: harbour, name: "50%off")),
            .room(RoomAddress(network: harbour, name: "#quay")), .room(RoomAddress(network: harbour, name: "&100%25")),
        ],
        typed: ["anna", "Anna", " anna%harbour ", "#Quay", "#quay%irc.harbour.example"],
        refused: [
            "anna", "anna%elsewhere", "an na%harbour", "a,b%harbour", "a!b%harbour", "%harbour", HostileText.overlong,
        ],
        login: [
            "nick": "alice", "realname": "Alice L.", "username": "alice", "pass": "open-sesame",
            "sasl_mechanism": "PLAIN", "after_connect_commands": "MODE alice +x",
        ],
        peer: PeerAddress(network: harbour, name: "anna"),
        room: RoomAddress(network: harbour, name: "#quay"),
        closedRoom: RoomAddress(network: harbour, name: "#bridge"),
        newNick: "alicia", kickable: "bert", command: "names #quay")

    @Test(
        "The adapter keeps the contract, whatever the server offers",
        arguments: ["", "echo-message", "batch echo-message labeled-response message-tags multi-prefix server-time"])
    func keepsTheContract(capabilities: String) async throws {
        let settings = try Self.settings()
        var harbours: [InMemoryIRCServer] = []
        let conformance = AdapterConformance(samples: Self.samples) {
            let harbour = InMemoryIRCServer(capabilities: capabilities)
            harbours.append(harbour)
            return AdapterConformance.Network(
                adapter: harbour.adapter(settings), pump: { try harbour.pump() },
                write: { try harbour.say($0, from: "anna", to: "alice") },
                say: { try harbour.say($0, from: "anna", to: "#quay") }, written: { harbour.requests })
        }
        let violations = try await conformance.run()
        #expect(violations == [])
        #expect(harbours.flatMap(\.surprises) == [])
    }

    private static func settings() throws -> IRCSettings {
        let place = ConfigPlace(file: "martlet.yaml", line: 1, column: 1)
        func map(_ entries: KeyValuePairs<String, ConfigNode>) -> ConfigNode {
            ConfigNode(.map(entries.map { ConfigNode.Entry(key: $0, keyPlace: place, value: $1) }), at: place)
        }
        func scalar(_ text: String) -> ConfigNode { ConfigNode(.scalar(text), at: place) }
        let network = map([
            "address": scalar("irc.harbour.example:6667"), "tls": scalar("off"),
            "flood": map(["per-second": scalar("0")]),
        ])
        let problems = ConfigProblems()
        let reader = ConfigReader(
            map(["networks": map(["harbour": network])]), path: "irc", problems: problems,
            secrets: SecretSources(environment: { _ in nil }, file: { _ in "" }))
        return try #require(IRCSettings(reading: reader), "\(problems.all)")
    }
}

/// A server in memory that accepts every login. `anna` and `bert` are in `#quay`, and the user is an operator there.
private final class InMemoryIRCServer {
    private let loop = EmbeddedEventLoop()
    private let offered: String
    private var agreed: Set<Substring> = []
    private var channel: EmbeddedChannel?
    private var unread: [UInt8] = []
    private var nick = "*"
    private var isWelcomed = false
    private var members: Set<String> = []
    private var batches = 0
    /// Answers of people to the question that is being read.
    private var answers: [String] = []
    /// Lines that our client must never write.
    private(set) var surprises: [String] = []
    /// The number of lines received, without PING and PONG.
    private(set) var requests = 0

    init(capabilities: String) { offered = capabilities }

    func adapter(_ settings: IRCSettings) -> IRCAdapter {
        IRCAdapter(
            settings: settings,
            environment: IRCSession.Environment(
                eventLoop: loop,
                connect: { [unowned self] _, _, _, configure in connect(configure) },
                logger: Logger(label: "irc") { _ in SwiftLogNoOpLogHandler() }, version: "Martlet",
                clock: { Timestamp(secondsSince1970: 1_767_268_800) }, random: SystemRandomNumberGenerator(),
                hash: .test))
    }

    private func connect(_ configure: @escaping @Sendable (any Channel) throws -> Void) -> EventLoopFuture<any Channel>
    {
        let channel = EmbeddedChannel(loop: loop)
        self.channel = channel
        do {
            try configure(channel)
            channel.connect(to: try SocketAddress(ipAddress: "192.0.2.1", port: 6667), promise: nil)
            return loop.makeSucceededFuture(channel)
        } catch {
            return loop.makeFailedFuture(error)
        }
    }

    /// Reads and answers until the client writes no more, then once more a second later.
    func pump() throws {
        try converse()
        loop.advanceTime(by: .seconds(1))
        try converse()
    }

    private func converse() throws {
        loop.run()
        while let channel, let buffer = try channel.readOutbound(as: ByteBuffer.self) {
            unread += buffer.readableBytesView
            while let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: unread[..<end], as: UTF8.self)
                unread.removeSubrange(...end)
                try received(line.hasSuffix("\r") ? String(line.dropLast()) : line)
            }
            loop.run()
        }
    }

    func say(_ text: String, from: String, to: String) throws { try write([":\(from)!u@host PRIVMSG \(to) :\(text)"]) }

    private func write(_ lines: [String]) throws {
        guard let channel, channel.isActive, !lines.isEmpty else { return }
        try channel.writeInbound(ByteBuffer(string: lines.map { $0 + "\r\n" }.joined()))
    }

    private func received(_ line: String) throws {
        if line.unicodeScalars.contains(where: { $0 == "\r" || $0 == "\0" }) || line.utf8.count > 512 + 4096 {
            surprises.append(HostileText.shown(line))
        }
        var rest = Substring(line)
        let tags = rest.hasPrefix("@") ? rest.prefix { $0 != " " }.dropFirst() : ""
        if !tags.isEmpty { rest = rest.drop { $0 != " " }.dropFirst() }
        let parts =
            rest.firstRange(of: " :").map { (rest[..<$0.lowerBound], [String(rest[$0.upperBound...])]) } ?? (rest, [])
        let words = parts.0.split(separator: " ").map(String.init) + parts.1
        guard let command = words.first else { return }
        if !["PING", "PONG"].contains(command) { requests += 1 }
        let label = tags.split(separator: ";").first { $0.hasPrefix("label=") }.map(String.init)
        let lines =
            command == "TAGMSG" ? tagMessage(to: words.last ?? "", tags) : answer(command, Array(words.dropFirst()))
        try write(labelled(lines, label))
        try write(answers)
        answers = []
        if command == "QUIT" { channel?.close(promise: nil) }
    }

    /// Adds the label to an answer (IRCv3 labeled-response): one line carries it, several become a batch, and an empty
    /// answer becomes an ACK.
    private func labelled(_ lines: [String], _ label: String?) -> [String] {
        guard let label, agreed.contains("labeled-response") else { return lines }
        if lines.isEmpty { return ["@\(label) :irc ACK"] }
        if lines.count == 1 {
            return [lines[0].hasPrefix("@") ? "@\(label);\(lines[0].dropFirst())" : "@\(label) \(lines[0])"]
        }
        batches += 1
        return ["@\(label) :irc BATCH +b\(batches) labeled-response"] + lines.map { "@batch=b\(batches) \($0)" }
            + [":irc BATCH -b\(batches)"]
    }

    private func answer(_ command: String, _ words: [String]) -> [String] {
        let (first, second) = (words.first ?? "", words.dropFirst().first ?? "")
        switch command {
        case "CAP": return negotiate(first, second)
        case "PASS": return []
        case "USER": return offered.isEmpty ? welcome() : []
        case "NICK": return rename(first)
        case "PING": return [":irc PONG irc :\(first)"]
        case "PONG", "WHO": return []
        case "AWAY": return [":irc \(first.isEmpty ? 305 : 306) \(nick) :Noted"]
        case "ISON": return [":irc 303 \(nick) :anna"]
        case "WHOIS": return [":irc 311 \(nick) \(first) u h * :A", ":irc 318 \(nick) \(first) :End of WHOIS"]
        case "USERHOST":
            return [":irc 302 \(nick) :\(["anna", "bert"].contains(first) ? first + "=+x@elsewhere" : "")"]
        case "MODE": return mode(first, Array(words.dropFirst()))
        case "JOIN": return join(first)
        case "PART": return part(first, words.dropFirst().last)
        case "PRIVMSG", "NOTICE": return message(to: first, second)
        case "TOPIC": return [":\(nick)!u@host TOPIC \(first) :\(second)"]
        case "KICK": return kick(first, second)
        case "INVITE": return [":irc 341 \(nick) \(first) \(second)"]
        case "LIST": return [":irc 322 \(nick) #quay 3 :Ships", ":irc 323 \(nick) :End of list"]
        case "HELP": return [":irc 704 \(nick) index :Help"]
        case "NAMES": return [":irc 366 \(nick) \(first) :End of names"]
        case "QUIT":
            if ["bye", "injected"].contains(first) { surprises.append("QUIT :\(first)") }
            return [":irc ERROR :Bye"]
        default:
            surprises.append(HostileText.shown(command))
            return [":irc 421 \(nick) \(command) :Unknown command"]
        }
    }

    private func negotiate(_ verb: String, _ wanted: String) -> [String] {
        switch verb {
        case "LS": return [":irc CAP * LS :\(offered)"]
        case "REQ":
            agreed.formUnion(wanted.split(separator: " ").map { Substring(String($0)) })
            return [":irc CAP * ACK :\(wanted)"]
        case "END": return welcome()
        default: return []
        }
    }

    private func welcome() -> [String] {
        guard !isWelcomed, nick != "*" else { return [] }
        isWelcomed = true
        return [
            ":irc 001 \(nick) :Welcome", ":irc 004 \(nick) irc harbour-1 iow nt",
            ":irc 005 \(nick) CHANTYPES=#& PREFIX=(ov)@+ CASEMAPPING=ascii NICKLEN=30 TOPICLEN=300 :are supported",
            ":irc 422 \(nick) :No message of the day",
        ]
    }

    private func rename(_ new: String) -> [String] {
        let old = nick
        let isNick =
            !new.isEmpty && new.utf8.count <= 30 && !"0123456789-".contains(new.first ?? " ")
            && new.allSatisfy(\.isASCII)
        guard isNick else {
            return [":irc 432 \(old) \(HostileText.shown(new).filter { $0 != " " }) :Erroneous nickname"]
        }
        nick = new
        return isWelcomed ? [":\(old)!u@host NICK :\(new)"] : []
    }

    private func join(_ name: String) -> [String] {
        switch name {
        case "#quay":
            members = ["anna", "bert"]
            return [
                ":\(nick)!u@host JOIN #quay", ":irc 332 \(nick) #quay :Ships",
                ":irc 353 \(nick) = #quay :@\(nick) anna bert",
                ":irc 366 \(nick) #quay :End of names",
            ]
        case "#bridge": return [":irc 473 \(nick) #bridge :Cannot join channel (+i)"]
        default: return [":irc 403 \(nick) \(name) :No such channel"]
        }
    }

    /// Answers a question for the modes or a list of the channel, and shows every change.
    private func mode(_ name: String, _ words: [String]) -> [String] {
        guard name == "#quay" else { return [] }
        guard let letters = words.first else { return [":irc 324 \(nick) #quay +nt"] }
        let ends = ["+b": 368, "+e": 349, "+I": 347]
        if words.count == 1, let end = ends[letters] { return [":irc \(end) \(nick) #quay :End of list"] }
        return [":\(nick)!u@host MODE #quay \(words.joined(separator: " "))"]
    }

    private func part(_ name: String, _ reason: String?) -> [String] {
        guard name == "#quay", !members.isEmpty else { return [":irc 442 \(nick) \(name) :You're not on that channel"] }
        members = []
        return [":\(nick)!u@host PART #quay" + (reason.map { " :\($0)" } ?? "")]
    }

    private func message(to target: String, _ text: String) -> [String] {
        guard !text.isEmpty else { return [":irc 412 \(nick) :No text to send"] }
        guard ["anna", "#quay"].contains(target) else { return [":irc 401 \(nick) \(target) :No such nick/channel"] }
        let isQuestion = text.hasPrefix("\u{1}VERSION") || text.hasPrefix("\u{1}PING")
        if text.hasPrefix("\u{1}TIME") {
            answers.append(":\(target)!u@host NOTICE \(nick) :\u{1}TIME 2026-01-02T03:04:05Z\u{1}")
        }
        if isQuestion { answers.append(":\(target)!u@host NOTICE \(nick) :\(text)") }
        return agreed.contains("echo-message") ? [":\(nick)!u@host PRIVMSG \(target) :\(text)"] : []
    }

    private func tagMessage(to target: String, _ tags: Substring) -> [String] {
        guard agreed.contains("message-tags") else { return [":irc 421 \(nick) TAGMSG :Unknown command"] }
        guard ["anna", "#quay"].contains(target) else { return [":irc 401 \(nick) \(target) :No such nick/channel"] }
        let passed = tags.split(separator: ";").filter { $0.hasPrefix("+") }.joined(separator: ";")
        return agreed.contains("echo-message") ? ["@\(passed) :\(nick)!u@host TAGMSG \(target)"] : []
    }

    private func kick(_ channel: String, _ target: String) -> [String] {
        guard channel == "#quay", members.remove(target) != nil else {
            return [":irc 441 \(nick) \(target) \(channel) :They aren't on that channel"]
        }
        return [":\(nick)!u@host KICK #quay \(target) :\(nick)"]
    }
}
