import GatewayKit
import Testing

@testable import SMSAdapter

@Suite("Words of consent")
struct ConsentWordTests {
    static let texts: [(String, ConsentWords.Word?)] = [
        ("STOP", .stop), ("stop", .stop), (" Stop. ", .stop), ("\"STOP\"", .stop), ("StopAll", .stop),
        ("UNSUBSCRIBE", .stop), ("cancel!", .stop), ("END", .stop), ("Quit", .stop), ("START", .start),
        ("yes", .start), ("UNSTOP", .start), ("HELP", .help), ("info?", .help),
        ("stop it", nil), ("Please stop", nil), ("stopp", nil), ("", nil), ("...", nil), ("no", nil), ("ARRET", nil),
        ("Stop the car, please. Stop.", nil), ("S T O P", nil),
    ]

    @Test("A word counts if it is the whole text", arguments: texts)
    func usual(text: String, word: ConsentWords.Word?) {
        #expect(ConsentWords().word(in: text) == word)
    }

    private func read(_ text: String) throws -> (ConsentWords?, [String]) {
        let problems = ConfigProblems()
        let words = ConsentWords.read(try Profiles.reader(text, problems))
        return (words, problems.all.map { "\($0.key): \($0.text)" })
    }

    @Test("Local words are added by a setting, and the whole can be switched off")
    func settings() throws {
        let (words, problems) = try read("consent: {stop-words: [Arrêt, \"ne plus\"], start-words: [Oui]}")
        #expect(problems == [])
        #expect(words?.word(in: "ARRÊT!") == .stop)
        #expect(words?.word(in: "ne plus") == .stop)
        #expect(words?.word(in: "oui") == .start)
        #expect(words?.word(in: "STOP") == .stop)
        #expect(try read("consent: {enabled: false}").0 == nil)
        #expect(try read("{}").0?.word(in: "STOP") == .stop)
        #expect(try read("consent: {stop-words: [\"!!\"]}").1.count == 1)
    }
}

@Suite("Consent in texts from phones")
struct ConsentTests {
    private let gateway: Gateway

    init() throws {
        gateway = try Gateway()
        _ = gateway.open()
    }

    private func consent(_ text: String, id: String = "k1") -> Consent? {
        _ = gateway.kannel(
            "/box/inbound", [("from", "15551234567"), ("to", "15550001111"), ("text", text), ("id", id)])
        guard case .message(let message)? = gateway.events.last else { return nil }
        #expect(message.content == .text(Text(text)), "the user sees the text")
        return message.consent
    }

    @Test("STOP withdraws the consent for the number that it was sent to, and START gives it")
    func words() {
        #expect(consent("STOP") == .withdrawn)
        #expect(consent("Start", id: "k2") == .given)
        #expect(consent("HELP", id: "k3") == nil)
        #expect(consent("Stop by later", id: "k4") == nil)
    }

    @Test("The provider's own refusal of a person who has opted out is told as such")
    func provider() throws {
        let bob = gateway.open(Gateway.bob)
        gateway.provider.answer(.http(400, #"{"code": 21610, "message": "no", "status": 400}"#))
        gateway.send(bob, "hi")
        guard case .outcome(_, .failed(let failure))? = gateway.events.last else {
            return #expect(Bool(false), "the message fails")
        }
        #expect(failure.kind == .optedOut && failure.retry == .never)
    }
}
