import GatewayKit
import HTTP
import Settings

@testable import SMSAdapter

/// Input: a provider profile. If it is valid, the target also uses it.
///
/// Rules: Every problem has a place in the file. Without an error there is a profile. Every valid profile can be used:
/// to run its own tests, to make requests, and to read answers and webhook calls.
extension FuzzTarget {
    static let providerProfile = FuzzTarget(name: "provider-profile") { bytes in
        let text = FuzzInput(bytes: bytes).text
        guard let node = try? YAMLConfig.node(from: text, file: "profile.yaml") else { return }
        let problems = ConfigProblems()
        let profile = ProviderProfile(reading: node, problems: problems, secrets: secrets)
        require((profile == nil) == problems.hasErrors, "problems: \(problems.all.map(\.line))")
        profile?.runVectors(problems: problems)
        for problem in problems.all {
            require(problem.place.line >= 1 && problem.place.column >= 1, "a problem without a place: \(problem.line)")
        }
        if let profile { use(profile) }
    }

    private static func use(_ profile: ProviderProfile) {
        let entries = profile.settings.map { setting in
            let place = ConfigPlace(file: "settings", line: 1, column: 1)
            let value = setting.kind == .url ? "https://provider.example" : "abc"
            return ConfigNode.Entry(key: setting.name, keyPlace: place, value: ConfigNode(.scalar(value), at: place))
        }
        let node = ConfigNode(.map(entries), at: ConfigPlace(file: "settings", line: 1, column: 1))
        let reader = ConfigReader(node, path: "", problems: ConfigProblems(), secrets: secrets)
        let settings = ProviderSettings(profile.settings, reading: reader)
        guard let from = E164("+15550001111"), let to = Correspondent(localpart: "+15551234567") else { return }
        let message = OutboundText(ref: RequestID("r1"), from: from, to: to, text: "héllo {{msg.to}} & co")
        let hooks = HookAddresses(base: "https://gw.example/sms/d/a", from: from)
        _ = Result { () throws(Failure) in try profile.request(for: message, settings: settings, hooks: hooks) }
        for answer in answers { _ = profile.outcome(of: answer, settings: settings) }
        for (hook, call) in ["inbound", "status", "events", "other"].flatMap({ hook in calls.map { (hook, $0) } }) {
            _ = profile.call(hook: hook, call, url: hooks.inbound, now: 1_767_268_800, settings: settings)
            _ = profile.reply(hook: hook)
        }
    }

    private static let answers = [
        HTTPResponse(status: 200, body: Array(#"{"sid": "a", "status": "sent", "code": 21211}"#.utf8)),
        HTTPResponse(status: 429, headers: [("Retry-After", "99999999999999999999")]),
        HTTPResponse(status: 202, body: Array("0: Accepted for delivery".utf8)),
    ]

    private static let calls = [
        WebhookRequest(.get, rawQuery: "token=abc&from=%2B15551234567&to=15550001111&text=hi&time=-1e300&status=1"),
        WebhookRequest(
            .post, headers: [("Authorization", "abc")],
            body: Array("From=%2B15551234567&To=%2B15550001111&Body=hi&NumMedia=99&MediaUrl0=http://x".utf8)),
        WebhookRequest(.post, rawQuery: "token=abc", body: Array(#"{"from": "1", "to": ["x"], "at": 1e400}"#.utf8)),
    ]
}
