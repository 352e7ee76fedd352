import GatewayKit
import Testing

@testable import SMSAdapter

@Suite("The sms section of the configuration")
struct SMSSettingsTests {
    private static let good = """
        default-region: US
        accounts:
          main:
            provider: kannel
            settings:
              base: "http://127.0.0.1:13013/"
              username: martlet
              password: {env: PASSWORD}
              token: {env: TOKEN}
            numbers: ["+15550100"]
          cloud:
            provider: twilio
            settings: {account-sid: AC1, auth-token: {env: TOKEN}}
            numbers: ["+15550002222", "+15550003333"]
        open-registration: true
        """
    private static var secrets: SecretSources {
        SecretSources(environment: { ["PASSWORD": "pw", "TOKEN": "abc"][$0] }, file: { _ in "" })
    }

    @Test("An account has a rate for all its numbers and one for each; a rate without its number is a fault")
    func rates() throws {
        let rates = "\n    rate: {per-second: 20, burst: 40}\n    number-rate: {per-second: 2}"
        let text = Self.good.replacing("    numbers: [\"+15550100\"]", with: "    numbers: [\"+15550100\"]" + rates)
        let accounts = try #require(try Profiles.settings(text, secrets: Self.secrets).0).accounts
        #expect(accounts[0].rate == SendRate(perSecond: 20, burst: 40))
        #expect(accounts[0].numberRate == SendRate(perSecond: 2, burst: 1))
        #expect(accounts[1].rate == nil && accounts[1].numberRate == nil)
        let faulty = text.replacing("per-second: 20", with: "per_second: 20")
        let problems = try Profiles.settings(faulty, secrets: Self.secrets).1
        #expect(Set(problems.map(\.key)) == ["sms.accounts.main.rate.per-second", "sms.accounts.main.rate.per_second"])
    }

    @Test("A section without faults is read without a problem")
    func good() throws {
        let (settings, problems) = try Profiles.settings(Self.good, secrets: Self.secrets)
        #expect(problems == [])
        let read = try #require(settings)
        #expect(read.accounts.map(\.name) == ["main", "cloud"])
        #expect(read.numbers.map(\.rawValue) == ["+15550100", "+15550002222", "+15550003333"])
        #expect(read.defaultRegion == "US")
        #expect(read.accounts[0].settings.values["base"] == "http://127.0.0.1:13013")
        #expect(read.accounts[1].settings.values["api-key"] == "AC1")
        #expect(read.accounts[1].settings.values["api-secret"] == "abc")
    }

    @Test("A warning says that nobody can register when no number is given and registration is not open")
    func closed() throws {
        let text = Self.good.replacing("open-registration: true", with: "")
        let (settings, problems) = try Profiles.settings(text, secrets: Self.secrets)
        #expect(settings?.isRegistrationOpen == false)
        #expect(problems.map(\.key) == ["sms.accounts"] && problems.map(\.severity) == [.warning])
        let given = text.replacing("[\"+15550100\"]", with: "{\"+15550100\": ann@example.org}")
        #expect(try Profiles.settings(given, secrets: Self.secrets).1 == [])
    }

    @Test("Numbers can be a map to their owners")
    func owners() throws {
        let text = Self.good.replacing("[\"+15550100\"]", with: "{\"+15550100\": ann@example.org, \"+15550109\": null}")
        let (settings, problems) = try Profiles.settings(text, secrets: Self.secrets)
        #expect(problems == [])
        let read = try #require(settings)
        #expect(read.numbers.map(\.rawValue) == ["+15550100", "+15550109", "+15550002222", "+15550003333"])
        #expect(read.owners == [try #require(E164("+15550100")): UserID("ann@example.org")])
        #expect(read.isRegistrationOpen && read.quarantine == .seconds(30 * 86_400))
    }

    @Test("Open registration and the quarantine are settings")
    func registration() throws {
        let text = "number-quarantine: 7\n" + Self.good
        let read = try #require(try Profiles.settings(text, secrets: Self.secrets).0)
        #expect(read.isRegistrationOpen && read.quarantine == .seconds(7 * 86_400))
    }

    @Test(
        "A fault is reported with its line and key, and then there are no settings",
        arguments: [
            ("region: US", "region: us", 1, "sms.default-region"),
            ("region: US", "region: XX", 1, "sms.default-region"),
            ("provider: kannel", "provider: kanel", 4, "sms.accounts.main.provider"),
            ("      username: martlet\n", "", 6, "sms.accounts.main.settings.username"),
            ("username: martlet", "username: \"\"", 7, "sms.accounts.main.settings.username"),
            ("username", "usrname", 7, "sms.accounts.main.settings.usrname"),
            ("{env: TOKEN}\n    numbers", "{env: NONE}\n    numbers", 9, "sms.accounts.main.settings.token"),
            ("password: {env: PASSWORD}", "password: {}", 8, "sms.accounts.main.settings.password"),
            ("\"http://127.0.0.1:13013/\"", "\"127.0.0.1:13013\"", 6, "sms.accounts.main.settings.base"),
            ("\"http://127.0.0.1:13013/\"", "\"http://h/?a=b\"", 6, "sms.accounts.main.settings.base"),
            ("[\"+15550100\"]", "[\"15550100\"]", 10, "sms.accounts.main.numbers"),
            ("[\"+15550100\"]", "[]", 10, "sms.accounts.main.numbers"),
            ("[\"+15550100\"]", "\"+15550100\"", 10, "sms.accounts.main.numbers"),
            ("[\"+15550100\"]", "[\"+15550002222\"]", 12, "sms.accounts.cloud"),
            ("[\"+15550100\"]", "{\"+15550100\": [a]}", 10, "sms.accounts.main.numbers.+15550100"),
            ("[\"+15550100\"]", "{\"15550100\": a@b.example}", 10, "sms.accounts.main.numbers"),
            ("account-sid: AC1", "account-sid: XX1", 13, "sms.accounts.cloud.settings.account-sid"),
            ("  main:", "  Main/x:", 4, "sms.accounts.Main/x"), ("accounts:", "acounts:", 2, "sms.acounts"),
        ])
    func problems(right: String, wrong: String, line: Int, key: String) throws {
        #expect(Self.good.contains(right))
        let text = Self.good.split(separator: right, maxSplits: 1, omittingEmptySubsequences: false).joined(
            separator: wrong)
        let (settings, problems) = try Profiles.settings(text, secrets: Self.secrets)
        #expect(settings == nil)
        let errors = problems.filter { $0.severity == .error }
        #expect(
            errors.contains { $0.key == key && $0.place.line == line && !$0.text.isEmpty },
            "\(problems.map { "\($0.place.line): \($0.key): \($0.text)" })")
    }

    @Test("A token that would break Kannel's callback address is refused, and not shown")
    func tokenForm() throws {
        let secrets = SecretSources(environment: { _ in "100%d" }, file: { _ in "" })
        let (settings, problems) = try Profiles.settings(Self.good, secrets: secrets)
        #expect(settings == nil)
        #expect(problems.contains { $0.key == "sms.accounts.main.settings.token" })
        #expect(problems.allSatisfy { !$0.text.contains("100%d") })
    }

    @Test("Without accounts there is nothing to send through", arguments: ["", "accounts:", "accounts: {}"])
    func noAccounts(text: String) throws {
        let (settings, problems) = try Profiles.settings(text)
        #expect(settings == nil)
        #expect(problems.map(\.key) == ["sms.accounts"])
    }

    @Test("A text that the gateway refuses by itself counts against no limit")
    func ownRefusal() throws {
        let numbers = "    numbers: [\"+15550100\"]"
        let text = Self.good.replacing(numbers, with: numbers + "\n    limits: {user-parts-per-day: 5}")
        let rules = SMSRules(settings: try #require(try Profiles.settings(text, secrets: Self.secrets).0))
        func charge(_ name: String, _ content: Content = .text(Text("hi"))) -> Charge? {
            rules.charge(
                for: content, to: .peer(PeerAddress(network: SMSRules.network, name: name)),
                login: [SMSRules.numberKey: "+15550100"], at: Gateway.noon)
        }
        #expect(charge("+15551234567")?.parts == 1)
        #expect(charge("33733;phone-context=+44") == nil)
        let file = File(at: "https://files.example/" + String(repeating: "a", count: 100), caption: "look")
        #expect(charge("+15551234567", .file(file))?.parts == 1)
        #expect(charge("+15551234567", .file(File(at: "aesgcm://files.example/a"))) == nil)
    }

    @Test(
        "A text that waits for the end of quiet hours counts, and one that they refuse does not",
        arguments: ["refuse", "wait"])
    func quietHours(action: String) throws {
        let numbers = "    numbers: [\"+15550100\"]"
        let limits =
            "\n    limits: {user-parts-per-day: 5}\n    quiet-hours: {from: \"11:00\", to: \"13:00\", action: \(action)}"
        let text = Self.good.replacing(numbers, with: numbers + limits)
        let rules = SMSRules(settings: try #require(try Profiles.settings(text, secrets: Self.secrets).0))
        let charge = rules.charge(
            for: .text(Text("hi")), to: .peer(PeerAddress(network: SMSRules.network, name: "+15551234567")),
            login: [SMSRules.numberKey: "+15550100"], at: Gateway.noon)
        #expect((charge == nil) == (action == "refuse"))
    }

    @Test("A key that is not in base64 is refused with its line")
    func base64() throws {
        for (key, isGood) in [("c2VjcmV0", true), ("not base64", false), ("c2VjcmV", false)] {
            let text = """
                default-region: US
                open-registration: true
                accounts:
                  main:
                    provider: azure
                    settings:
                      endpoint: https://x.communication.azure.com
                      access-key: {env: KEY}
                      token: {env: TOKEN}
                    numbers: ["+15550100"]
                """
            let secrets = SecretSources(environment: { $0 == "KEY" ? key : "tok" }, file: { _ in "" })
            let (settings, problems) = try Profiles.settings(text, secrets: secrets)
            #expect((settings != nil) == isGood)
            guard !isGood else { continue }
            #expect(problems.map(\.text) == ["the value is not in base64: copy it as the provider shows it"])
            #expect(problems.first?.key == "sms.accounts.main.settings.access-key")
            #expect(problems.first?.place.line == 8)
        }
    }

    @Test("A provider's text is logged without secrets, on one line, and shortened")
    func redaction() throws {
        let settings = try #require(
            try Profiles.settings(
                Self.good,
                secrets: SecretSources(
                    environment: { _ in "topsecret" }, file: { _ in "" })
            ).0)
        let shown = settings.accounts[0].settings.redacted(
            "bad\r\npassword topsecret!" + String(repeating: "x", count: 999))
        #expect(shown.hasPrefix("bad  password <redacted>!xxx"))
        #expect(shown.count <= 200)
        let quoted = settings.accounts[0].settings.redacted(
            "cannot use 'Authorization: Bearer abc.def' or basic dTpw, basically")
        #expect(quoted == "cannot use 'Authorization: Bearer <redacted> or basic <redacted> basically")
        #expect(!"\(settings)".contains("topsecret"))
    }
}
