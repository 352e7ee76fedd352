import GatewayKit
import GatewayTesting
import HTTP
import Logging
import NIOCore
import NIOEmbedded
import Settings

@testable import SMSAdapter

/// A gateway for text messages, with an account for each way to prove a call: `box` (Kannel, a token), `cloud` (Twilio's
/// signature), `phone` (SMSGate, an HMAC with a time), `claims` (GatewayAPI, a JWT) and `vonage` (a signature of fields).
/// The number +15550003333 has no session, and all others have one.
final class PhoneGateway {
    /// The secret of the webhooks. It is so long that no input contains it by chance.
    static let secret = "wG7-the-only-proof-9fQ2"
    static let publicURL = "https://gw.example"
    static let now = 1_767_268_800

    let adapter: SMSAdapter
    let sink = RecordingSink()
    private let loop = EmbeddedEventLoop()
    private var sessions: [any AdapterSession] = []

    init() {
        adapter = SMSAdapter(
            settings: Self.settings, domain: "sms.example", eventLoop: loop, transport: { _, _ in },
            publicURL: Self.publicURL, clock: { Timestamp(secondsSince1970: Double(Self.now)) },
            logger: Logger(label: "fuzz") { _ in SwiftLogNoOpLogHandler() })
        for number in ["+15550001111", "+15550002222", "+15550004444", "+15550005555", "+15550006666"] {
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
              phone:
                provider: sms-gate
                settings: {username: u, password: {env: SECRET}, signing-key: {env: SECRET}, number: "+15550004444"}
                numbers: ["+15550004444"]
              claims:
                provider: gatewayapi
                settings: {api-token: {env: SECRET}, webhook-secret: {env: SECRET}}
                numbers: ["+15550005555"]
              vonage:
                provider: vonage-sms
                settings: {api-key: k, api-secret: {env: SECRET}, signature-secret: {env: SECRET}}
                numbers: ["+15550006666"]
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
