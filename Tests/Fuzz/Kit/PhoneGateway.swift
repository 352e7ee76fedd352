import GatewayKit
import GatewayTesting
import HTTP
import Logging
import NIOCore
import NIOEmbedded
import Settings

@testable import SMSAdapter

/// A gateway for text messages, with an account at each shipped provider: `box` at Kannel and `cloud` at Twilio. The
/// numbers +15550001111 and +15550002222 have sessions. +15550003333 has none.
final class PhoneGateway {
    /// The secret of the webhooks. It is so long that no input contains it by chance.
    static let secret = "wG7-the-only-proof-9fQ2"
    static let publicURL = "https://gw.example"

    let adapter: SMSAdapter
    let sink = RecordingSink()
    private let loop = EmbeddedEventLoop()
    private var sessions: [any AdapterSession] = []

    init() {
        adapter = SMSAdapter(
            settings: Self.settings, domain: "sms.example", eventLoop: loop, transport: { _, _ in },
            publicURL: Self.publicURL, clock: { Timestamp(secondsSince1970: 1_767_268_800) },
            logger: Logger(label: "fuzz") { _ in SwiftLogNoOpLogHandler() })
        for number in ["+15550001111", "+15550002222"] {
            let id = AccountID(user: UserID(number), network: SMSRules.network)
            let account = Account(id: id, preferredNick: "", settings: [SMSRules.numberKey: number])
            sessions.append(adapter.open(account, events: sink.sink))
        }
        loop.run()
    }

    /// Makes a call to the webhook listener, and returns its answers. There must be exactly one. The path of the
    /// request is relative to the gateway's.
    func call(_ request: WebhookRequest) -> [WebhookReply] {
        let replies = NIOLoopBoundBox([WebhookReply](), eventLoop: loop)
        adapter.receiver.receive(request) { replies.value.append($0) }
        loop.run()
        return replies.value
    }

    static let settings: SMSSettings = {
        let text = """
            accounts:
              box:
                provider: kannel
                settings: {username: martlet, password: {env: SECRET}, token: {env: SECRET}}
                numbers: ["+15550001111", "+15550003333"]
              cloud:
                provider: twilio
                settings: {account-sid: AC1, auth-token: {env: SECRET}}
                numbers: ["+15550002222"]
            """
        let problems = ConfigProblems()
        let secrets = SecretSources(environment: { _ in secret }, file: { _ in secret })
        let node = try? YAMLConfig.node(from: text, file: "sms")
        let reader = node.map { ConfigReader($0, path: "sms", problems: problems, secrets: secrets) }
        let settings = reader.flatMap { SMSSettings(reading: $0, profiles: FuzzSections.providerProfiles) }
        guard let settings else { fatalError("settings of the fuzzing gateway: \(problems.all)") }
        return settings
    }()
}
