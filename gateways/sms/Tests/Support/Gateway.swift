import GatewayKit
import GatewayTesting
import HTTP
import InMemoryLogging
import Logging
import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import SMSAdapter

/// An SMS gateway with fake providers for Kannel and Twilio, on an embedded loop that the test runs.
///
/// Alice has +15550001111 at Kannel, Bob +15550002222 at Twilio; +15550003333 at Kannel belongs to nobody.
final class Gateway {
    static let alice = "+15550001111"
    static let bob = "+15550002222"
    static let friend = "+15551234567"
    static let noon = Timestamp(secondsSince1970: 1_767_268_800)

    let loop = EmbeddedEventLoop()
    let provider = FakeProvider()
    let adapter: SMSAdapter
    let sink = RecordingSink()
    let log = InMemoryLogHandler()
    /// The reports on paused accounts: `account: reason`.
    var reports: [String] { reported.texts }
    private let reported: Reported

    private final class Reported { var texts: [String] = [] }
    /// The values that the adapter has searched for.
    private(set) var searched: [UniqueValue] = []
    /// The facts that the adapter has told without a session.
    private(set) var looseFacts: [NetworkFact] = []
    /// The answer to such facts.
    var factAnswer = EventSink.StorageAnswer.stored
    /// The time of day.
    var now: Timestamp {
        get { time.now.withLock { $0 } }
        set { time.now.withLock { $0 = newValue } }
    }
    private let time: Time

    private final class Time: Sendable { let now = Mutex(Gateway.noon) }
    /// The sessions that searches have opened.
    private(set) var sessions: [any AdapterSession] = []

    convenience init(rate: String = "", accountRate: String = "") throws {
        let isUsual = rate.isEmpty && accountRate.isEmpty
        try self.init(settings: isUsual ? Self.usual.get() : Self.settings(rate: rate, accountRate: accountRate))
    }

    /// A gateway whose account `box` has the number +15550001111 and a profile of the test.
    ///
    /// - Parameter media: the section `media` of the settings.
    convenience init(profile: String, settings: String, media: String = "{}", files: FakeProvider? = nil) throws {
        let text = """
            open-registration: true
            media: \(media)
            accounts:
              box: {provider: trial, settings: \(settings), numbers: ["\(Self.alice)"]}
            """
        let problems = ConfigProblems()
        let reader = ConfigReader(
            try YAML.node(text), path: "sms", problems: problems, secrets: Profiles.noSecrets)
        let read = SMSSettings(reading: reader, profiles: ["trial": try YAML.node(profile)])
        try self.init(settings: #require(read, "\(problems.all.map { "\($0.key): \($0.text)" })"), files: files)
    }

    /// - Parameter files: gives out the files of messages; nil if no files are fetched.
    init(settings: SMSSettings, files: FakeProvider? = nil) throws {
        let (reported, time) = (Reported(), Time())
        self.reported = reported
        self.time = time
        adapter = SMSAdapter(
            settings: settings, domain: "sms.example", eventLoop: loop, transport: provider.transport,
            mediaTransport: files?.transport, publicURL: "https://gw.example/", clock: { time.now.withLock { $0 } },
            logger: Logger(label: "test") { [log] _ in log }, random: { 0.5 },
            newID: { "new-id" }, diskWork: { $0() },
            report: { reported.texts.append("\($0): \($1 ?? "nil")") })
    }

    /// The usual settings. They are read once, because reading a profile runs its own tests.
    private static let usual = Result { try settings() }

    static func settings(rate: String = "", accountRate: String = "") throws -> SMSSettings {
        let text = """
            open-registration: true
            accounts:
              box:
                provider: kannel
                settings: {username: martlet, password: {env: PASSWORD}, token: {env: TOKEN}}
                numbers: ["+15550001111", "+15550003333"]
                rate: \(accountRate.isEmpty ? "{per-second: 10000, burst: 10000}" : accountRate)
              cloud:
                provider: twilio
                settings: {account-sid: AC1, auth-token: {env: TOKEN}}
                numbers: ["+15550002222"]
            """
        let secrets = SecretSources(
            environment: { ["PASSWORD": "kannel-password", "TOKEN": "the-token"][$0] }, file: { _ in "" })
        let problems = ConfigProblems()
        var profiles = try Profiles.nodes()
        if !rate.isEmpty {
            profiles["kannel"] = try YAML.node(try Profiles.text("kannel") + "\nrate: \(rate)\n")
        }
        let reader = ConfigReader(try YAML.node(text), path: "sms", problems: problems, secrets: secrets)
        return try #require(
            SMSSettings(reading: reader, profiles: profiles), "\(problems.all.map { "\($0.key): \($0.text)" })")
    }

    /// Starts the adapter with a finder. It opens the session of a number of `owned`, or gives `otherwise`.
    func start(owned: Set<String> = [], otherwise: AccountFinder.Finding = .nobody) {
        adapter.start(
            AccountFinder { [self] value, done in
                searched.append(value)
                guard owned.contains(value.value) else { return done(otherwise) }
                sessions.append(open(value.value))
                done(.open)
            } record: { [self] fact, onAnswer in
                looseFacts.append(fact)
                onAnswer(factAnswer)
            })
    }

    static func account(_ number: String) -> Account {
        Account(
            id: AccountID(user: UserID("user-" + number), network: SMSRules.network), preferredNick: "x",
            settings: ["phone": number])
    }

    func open(_ number: String = alice, sink: RecordingSink? = nil) -> any AdapterSession {
        let session = adapter.open(Self.account(number), events: (sink ?? self.sink).sink)
        loop.run()
        return session
    }

    /// Sends a message, and runs the loop until it is idle.
    func send(_ session: any AdapterSession, _ text: String, id: String = "r-1", to: String = friend) {
        let peer = PeerAddress(network: SMSRules.network, name: to)
        session.perform(Request(id: RequestID(id), action: .send(.text(Text(text)), to: .peer(peer))))
        loop.run()
    }

    /// Makes a provider's call, and returns the answer. Nil if there is none yet.
    func call(_ request: WebhookRequest) -> WebhookReply? {
        let box = Box()
        adapter.receiver.receive(request) { reply in box.reply.withLock { $0 = reply } }
        loop.run()
        return box.reply.withLock { $0 }
    }

    /// Makes Kannel's call for a message or report. A value of nil leaves the field out.
    func kannel(_ path: String, _ fields: [(String, String)], token: String = "the-token") -> WebhookReply? {
        let query = FormFields.encode([("token", token)] + fields)
        return call(WebhookRequest(.get, path: path, rawQuery: query))
    }

    /// The events of the session, without its own states and without facts about messages.
    var events: [Event] {
        sink.events.filter { event in
            switch event {
            case .state, .outcome(_, .noted): false
            default: true
            }
        }
    }

    /// The facts that the session has told about messages.
    var facts: [MessageFacts] {
        sink.events.compactMap { if case .outcome(_, .noted(let facts)) = $0 { facts } else { nil } }
    }

    /// The capabilities that the session has announced for an address.
    func capabilities(of address: Address?) -> Capabilities {
        sink.capabilities.capabilities(of: address, adapter.rules)
    }

    private final class Box: Sendable {
        let reply = Mutex<WebhookReply?>(nil)
    }
}
